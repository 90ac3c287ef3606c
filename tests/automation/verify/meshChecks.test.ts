import assert from "node:assert/strict";
import type { CheckContext } from "../../../automation/commands/verify/check";
import { removeLeftovers } from "../../../automation/commands/verify/context";
import { meshChecks } from "../../../automation/commands/verify/meshChecks";
import { runCheck } from "../../../automation/stack/check";
import { parseSettings } from "../../../model/settings/parse";
import { FakeGateway } from "../../support/fakeGateway";

interface Behaviour {
  readonly config?: Readonly<Record<string, string>>;
  /** True if pods that should become members of the mesh do. */
  readonly sidecars?: boolean;
  /** True if the proxy is a restartable init container, as in Kubernetes with native sidecars. */
  readonly native?: boolean;
  /** Output of the caller without a sidecar: curl's exit code and the status for each URL. */
  readonly plain?: string;
}

const ok = "0 200\n0 200\n0 200\n0 200\n";
const proxy = { name: "istio-proxy", state: {} };

/** An API server whose pods are there at once, and say what they are told to say. */
function cluster({ sidecars = true, native = true, plain = ok }: Behaviour): CheckContext["api"] {
  const pods = new Map<string, { metadata: { labels: Record<string, string> } }>();
  return {
    create: async (path: string, resource: { metadata: { name: string; labels: Record<string, string> } }) => {
      if (path.endsWith("/pods")) pods.set(resource.metadata.name, resource);
    },
    get: async (path: string) => {
      if (path.includes("/deployments/"))
        return { spec: { template: { spec: { containers: [{ name: "helloworld", image: "hello:1" }] } } } };
      const name = path.split("/").at(-1) ?? "";
      const labels = pods.get(name)?.metadata.labels ?? {};
      const injected = sidecars && labels["sidecar.istio.io/inject"] === "true";
      const isAmbient = sidecars && labels["istio.io/dataplane-mode"] === "ambient";
      const message = name === "outside-the-mesh" ? plain : ok;
      const caller = { name: "caller", state: { terminated: { exitCode: 0, message } } };
      return {
        metadata: { uid: "1", annotations: isAmbient ? { "ambient.istio.io/redirection": "enabled" } : {} },
        spec: { [native ? "initContainers" : "containers"]: injected ? [proxy] : [] },
        status: {
          conditions: [{ type: "ContainersReady", status: "True" }],
          containerStatuses: injected && !native ? [caller, proxy] : [caller],
        },
      };
    },
  } as unknown as CheckContext["api"];
}

async function findings(behaviour: Behaviour) {
  const server = await FakeGateway.open({ domain: "istio.test", weight: 10, hosts: ["helloworld", "scratch"] });
  const { settings } = parseSettings({
    domain: "istio.test",
    httpsPort: String(server.httpsPort),
    ...behaviour.config,
  });
  assert.ok(settings);
  const subject: CheckContext = {
    settings,
    ingressIp: "127.0.0.1",
    ca: server.ca,
    api: cluster(behaviour),
    scratch: "scratch",
    tokenKey: "",
    headers: {},
  };
  try {
    const made = [];
    for (const check of meshChecks) made.push(await runCheck(check, subject));
    return made.map(({ outcome, evidence }) => `${outcome}: ${evidence}`);
  } finally {
    server.close();
  }
}

const evidenceOf = (gateway: string, sidecar: string, without: string) =>
  `ingress gateway: ${gateway}, pod with sidecar: ${sidecar}, pod without sidecar: ${without}`;

describe("calls at each scope of mTLS", () => {
  it("pass if every pod gets a response by default", async () => {
    assert.deepEqual(
      await findings({}),
      Array(4).fill(`passed: ${evidenceOf("200", "200", "200")}; PERMISSIVE by mesh`),
    );
  });

  it("pass if the sidecar is a container beside the app's", async () => {
    const found = await findings({ native: false });
    assert.deepEqual(found, Array(4).fill(`passed: ${evidenceOf("200", "200", "200")}; PERMISSIVE by mesh`));
  });

  it("pass if only the STRICT port resets connections", async () => {
    const open = `passed: ${evidenceOf("200", "200", "200")}; PERMISSIVE by mesh`;
    assert.deepEqual(await findings({ config: { mtlsPortMode: "STRICT" }, plain: "56 000\n0 200\n0 200\n0 200\n" }), [
      `passed: ${evidenceOf("200", "200", "reset")}; STRICT by port`,
      open,
      open,
      open,
    ]);
  });

  it("fail at the other port if the mode holds for the whole pod", async () => {
    const found = await findings({ config: { mtlsPortMode: "STRICT" }, plain: "56 000\n56 000\n0 200\n0 200\n" });
    assert.deepEqual(
      found.map((text) => text.split(":")[0]),
      ["passed", "failed", "passed", "passed"],
    );
  });

  it("fail if a STRICT port answers plain text", async () => {
    const [port] = await findings({ config: { mtlsPortMode: "STRICT" } });
    assert.equal(port, `failed: ${evidenceOf("200", "200", "200")}; STRICT by port`);
  });

  it("are unknown if nothing gets a sidecar", async () => {
    const none = evidenceOf("200", "the pod got no sidecar", "200");
    assert.deepEqual(await findings({ sidecars: false }), [
      `unknown: ${none}; PERMISSIVE by mesh`,
      ...Array(3).fill(`unknown: ${none}; PERMISSIVE by mesh, but the pod got no sidecar`),
    ]);
  });

  it("pass in ambient if only the pod outside the mesh is reset", async () => {
    const strict = "ingress gateway: 200, pod in ambient: 200, pod outside the mesh: reset; STRICT by mesh";
    assert.deepEqual(
      await findings({ config: { dataplane: "ambient", mtlsMode: "STRICT" }, plain: "56 000\n".repeat(4) }),
      Array(4).fill(`passed: ${strict}`),
    );
  });

  it("are unknown in ambient if ztunnel does not have the traffic", async () => {
    const [port] = await findings({ config: { dataplane: "ambient" }, sidecars: false });
    assert.equal(
      port,
      "unknown: ingress gateway: 200, pod in ambient: ztunnel did not get the traffic of the pod, pod outside the mesh: 200; PERMISSIVE by mesh",
    );
  });

  it("are unknown if curl could not send a request", async () => {
    const [port] = await findings({ plain: "6 000\n0 200\n0 200\n0 200\n" });
    assert.equal(port, `unknown: ${evidenceOf("200", "200", "curl ended with 6")}; PERMISSIVE by mesh`);
  });
});

describe("a namespace of a run", () => {
  it("is removed by a later one if the run was killed, and left alone while it may go on", async () => {
    const now = Date.parse("2026-01-01T12:00:00Z");
    const removed: string[] = [];
    const namespace = (name: string, creationTimestamp: string) => ({ metadata: { name, creationTimestamp } });
    const items = [namespace("verify-old", "2026-01-01T10:59:59Z"), namespace("verify-new", "2026-01-01T11:00:01Z")];
    const api = { get: async () => ({ items }), remove: async (path: string) => void removed.push(path) };
    await removeLeftovers(api as unknown as CheckContext["api"], now);
    assert.deepEqual(removed, ["/api/v1/namespaces/verify-old"]);
  });
});
