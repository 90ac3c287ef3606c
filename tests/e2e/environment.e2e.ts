import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { publishedTarget, runningEnvironment } from "../../automation/stack/runningEnvironment";
import { waitForApp } from "../../automation/stack/waitForApp";
import { countResponses, getFrom, type Target } from "../../host/http";
import { poll } from "../../host/wait";
import { binomialBand } from "../../model/canary/share";
import versionsPinned from "../../versions.json";
import { leftovers } from "../support/docker";
import { Environment } from "../support/environment";
import { isNightly } from "../support/nightly";

const name = "e2e-environment";
const host = "helloworld.istio.localhost";

/** A pod that only sleeps, to call the app from. */
const caller = (namespace: string) => ({
  apiVersion: "v1",
  kind: "Pod",
  metadata: { name: "caller", namespace },
  spec: {
    terminationGracePeriodSeconds: 0,
    containers: [{ name: "caller", image: versionsPinned.curlImage, command: ["sleep", "infinity"] }],
  },
});

describe("an environment on the real engine", () => {
  let environment: Environment;
  let ports: Environment["ports"];
  let ca: string;
  let published: Target & { tls: { ca: string } };

  before(async () => {
    environment = await Environment.open(name);
    ports = environment.ports;
    await environment.up();
    ca = await environment.output<string>("caPem");
    published = { host, address: "127.0.0.1", port: ports.httpsPort, tls: { ca } };
    await environment.apply(
      { apiVersion: "v1", kind: "Namespace", metadata: { name: "outside" } },
      caller("outside"),
      caller("helloworld"),
    );
    await environment.kubectl("wait", "--for=condition=Ready", "pod/caller", "-n", "outside", "--timeout=90s");
    await environment.kubectl("wait", "--for=condition=Ready", "pod/caller", "-n", "helloworld", "--timeout=90s");
  });
  after(() => environment.destroy().catch(() => undefined));

  /** Status that a pod of a namespace gets from the app, or curl's exit code. */
  const fromPod = (namespace: string) =>
    environment
      .kubectl(
        "exec",
        "-n",
        namespace,
        "caller",
        "-c",
        "caller",
        "--",
        "curl",
        "-s",
        "-m",
        "5",
        "-o",
        "/dev/null",
        "-w",
        "%{http_code}",
        "http://helloworld.helloworld",
      )
      .catch((error: Error & { code?: number }) => `curl ${error.code}`);

  /** Responses to pods outside and inside the mesh, once istiod has sent the mode to the proxies. */
  const fromPods = (outside: string) =>
    poll(
      10,
      async () => [await fromPod("outside"), await fromPod("helloworld")],
      ([seen]) => seen === outside,
    );

  const pods = () =>
    environment.kubectl(
      "get",
      "pods",
      "-n",
      "helloworld",
      "-o",
      'jsonpath={range .items[*]}{.metadata.uid} {.status.containerStatuses[*].restartCount}{"\\n"}{end}',
    );

  it("redirects HTTP to the HTTPS port of this host", async () => {
    const { status, location } = await getFrom({ host, address: "127.0.0.1", port: ports.httpPort });
    assert.deepEqual({ status, location }, { status: 301, location: `https://${host}:${ports.httpsPort}/` });
  });

  it("answers 200 to who trusts the CA, through the host's port and through the load balancer's address", async () => {
    const ingressIp = await environment.output<string>("ingressIp");
    for (const target of [published, { ...published, address: ingressIp, port: 443 }]) {
      const { status, body } = await getFrom(target);
      assert.equal(status, 200);
      assert.match(body, /^Hello, world!\nVersion: /);
    }
  });

  it("is not trusted without the CA, and has no certificate for a name outside the wildcard", async () => {
    await assert.rejects(getFrom({ ...published, tls: {} }), { code: "UNABLE_TO_VERIFY_LEAF_SIGNATURE" });
    await assert.rejects(getFrom({ ...published, host: "helloworld.example.com" }));
  });

  it("answers 404 to a plain Ingress", async () => {
    const backend = { service: { name: "helloworld", port: { number: 80 } } };
    await environment.apply({
      apiVersion: "networking.k8s.io/v1",
      kind: "Ingress",
      metadata: { name: "plain", namespace: "helloworld" },
      spec: {
        rules: [{ host: "plain.istio.localhost", http: { paths: [{ path: "/", pathType: "Prefix", backend }] } }],
      },
    });
    assert.equal((await getFrom({ ...published, host: "plain.istio.localhost" })).status, 404);
    await environment.kubectl("delete", "ingress", "-n", "helloworld", "plain");
  });

  for (const weight of [10, 25])
    it(`gives v2 ${weight} % of 2,000 requests within the band of 99.9 %, after a change of one resource`, async () => {
      const before = await pods();
      await environment.set("canaryWeight", String(weight));
      assert.deepEqual(await environment.up(), weight === 10 ? [] : ["routing-virtualservice"]);
      assert.equal(await pods(), before);
      const counts = await countResponses(published, 2000);
      const { low, high } = binomialBand(2000, weight / 100);
      const canary = counts.get("2.0.0") ?? 0;
      assert.deepEqual([...counts.keys()].sort(), ["1.0.0", "2.0.0"]);
      assert.ok(canary >= low && canary <= high, `${canary} of 2000, not from ${low} to ${high}`);
    });

  it("resets a pod without sidecar under STRICT, and no one else, by a change of one resource", async () => {
    assert.deepEqual(await fromPods("200"), ["200", "200"]);
    const before = await pods();
    await environment.set("mtlsMode", "STRICT");
    assert.deepEqual(await environment.up(), ["routing-peerauthentication"]);
    assert.deepEqual(await fromPods("curl 56"), ["curl 56", "200"]);
    assert.equal((await getFrom(published)).status, 200);
    assert.equal(await pods(), before);
    await environment.set("mtlsMode", "PERMISSIVE");
    assert.deepEqual(await environment.up(), ["routing-peerauthentication"]);
    assert.deepEqual(await fromPods("200"), ["200", "200"]);
  });

  it("changes nothing in a second up", async () => {
    assert.deepEqual(await environment.up(), []);
  });

  it("comes back after its cluster was deleted by hand, and is destroyed when it is gone again", async () => {
    execFileSync("k3d", ["cluster", "delete", name], { stdio: "ignore" });
    assert.ok((await environment.up()).includes("cluster-nodes"));
    assert.equal((await getFrom(published)).status, 200);
    execFileSync("k3d", ["cluster", "delete", name], { stdio: "ignore" });
    await environment.destroy();
    assert.deepEqual(leftovers(name), []);
  });
});

/** Environments that come up from nothing in a row, which only the night has time for. */
const ups = isNightly ? 10 : 0;

describe("environments in a row", () => {
  for (let run = 1; run <= ups; run++)
    it(`come up from nothing, answer and leave nothing: number ${run}`, async () => {
      const environment = await Environment.open("e2e-ten");
      try {
        await environment.up();
        assert.equal(await waitForApp(publishedTarget(await runningEnvironment(environment.stack, 1)), 5), undefined);
      } finally {
        await environment.destroy();
      }
      assert.deepEqual(leftovers("e2e-ten"), []);
    });
});
