import assert from "node:assert/strict";
import * as pulumi from "@pulumi/pulumi";
import { istiodOf, stages } from "../../model/mesh/revisions";
import { npmVariable } from "../../model/output/remedy";
import { outputs } from "../../model/settings/contract";
import versions from "../../versions.json";
import { violations } from "../support/crds";
import { longestChain } from "../support/graph";
import { type Registered, type Run, runProgram } from "../support/program";

const custom = ({ type }: Registered) =>
  /^kubernetes:[\w.]+\.io\/v\w+:/.test(type) && !/helm\.sh|admissionregistration/.test(type);
const istiod = `mesh-${istiodOf(versions.istio)}`;
const inCluster = ({ type }: Registered) => type.startsWith("kubernetes:");

/** Names of the resources whose inputs differ between two runs. */
function changed(before: Run, after: Run): string[] {
  const text = (run: Run) => new Map(run.resources.map((each) => [each.name, JSON.stringify(each)]));
  const [old, now] = [text(before), text(after)];
  return [...new Set([...old.keys(), ...now.keys()])].filter((name) => old.get(name) !== now.get(name));
}

describe("the program", () => {
  let preset: Run;
  before(async () => {
    preset = await runProgram();
  });

  it("exports exactly the outputs of the contract", () => {
    assert.deepEqual(Object.keys(preset.outputs).sort(), Object.keys(outputs).sort());
  });

  it("registers six custom resources, each valid by the CRD of its kind", () => {
    const found = preset.resources.filter(custom);
    assert.equal(found.length, 6);
    for (const { name, inputs } of found)
      assert.deepEqual(violations(inputs as { apiVersion: string; kind: string }), [], name);
  });

  it("is told by the CRD's schema of a wrong mode, a wrong weight and fields that Istio and MetalLB do not know", () => {
    const resource = (apiVersion: string, kind: string, spec: object) =>
      violations({ apiVersion, kind, spec } as never);
    assert.notDeepEqual(resource("security.istio.io/v1", "PeerAuthentication", { mtls: { mode: "strict" } }), []);
    for (const destination of [{ weight: "90" }, { wieght: 90 }]) {
      const http = [{ route: [{ destination: { host: "a" }, ...destination }] }];
      assert.notDeepEqual(resource("networking.istio.io/v1", "VirtualService", { hosts: ["a"], http }), []);
    }
    assert.notDeepEqual(resource("metallb.io/v1beta1", "IPAddressPool", { adresses: ["10.44.0.1/32"] }), []);
  });

  for (const [key, value, resource] of [
    ["canaryWeight", "25", "routing-virtualservice"],
    ["mtlsMode", "STRICT", "routing-peerauthentication"],
    ["mtlsNamespaceMode", "STRICT", "routing-peerauthentication-namespace"],
    ["mtlsWorkloadMode", "STRICT", "routing-peerauthentication-workload"],
    ["mtlsPortMode", "STRICT", "routing-peerauthentication-workload"],
  ] as const) {
    it(`changes ${resource} alone for another ${key}`, async () => {
      assert.deepEqual(changed(preset, await runProgram({ [key]: value })), [resource]);
    });
  }

  const releases = ({ resources }: Run) =>
    resources
      .filter(({ type }) => type === "kubernetes:helm.sh/v3:Release")
      .map(({ inputs }) => ({ chart: inputs["chart"], repository: inputs["repositoryOpts"] }));

  it("takes the charts from this machine, without the password that fetched them", async () => {
    const run = await runProgram({ istioChartRepository: "https://charts.example.com/i", istioChartAuth: "user:pass" });
    const [istio, metallb] = [".tools/charts/charts.example.com/i", ".tools/charts/metallb.github.io/metallb"];
    assert.deepEqual(
      releases(run),
      [
        `${metallb}/metallb-${versions.metallb}`,
        ...["base", "gateway", "istiod"].map((name) => `${istio}/${name}-${versions.istio}`),
      ].map((file) => ({ chart: `${file}.tgz`, repository: {} })),
    );
  });

  it("leaves to Helm the charts that could not be fetched, and those of an OCI registry", async () => {
    const login = { istioChartRepository: "https://charts.example.com/i", istioChartAuth: "user:pass" };
    const left = releases(await runProgram(login, undefined, () => ({})));
    const repository = { repo: login.istioChartRepository, username: "user", password: "pass" };
    // the mocks tell of a secret inside of an object as if the object were one
    const secret = { "4dabf18193072939515e22adb298388d": "1b47061264138c4ac30d75fd1eb44270", value: repository };
    assert.deepEqual(left[1], { chart: "base", repository: secret });
    const [, base] = releases(await runProgram({ istioChartRepository: "oci://ghcr.io/istio/release/charts" }));
    assert.deepEqual(base, { chart: "oci://ghcr.io/istio/release/charts/base", repository: {} });
  });

  it("changes the CA in three steps, each of which leaves all but its own as it is", async () => {
    const overlap = await runProgram({ trustedCas: "1,2" });
    const moved = await runProgram({ trustedCas: "1,2", signingCa: "2" });
    const after = await runProgram({ trustedCas: "2", signingCa: "2" });
    assert.deepEqual(changed(preset, overlap).sort(), ["certificates-ca-2", "certificates-ca-2-key"]);
    assert.deepEqual(changed(overlap, moved), ["certificates-leaf"]);
    assert.deepEqual(changed(moved, after).sort(), ["certificates-ca", "certificates-ca-key"]);
    const held = ({ outputs }: Run) => String(outputs["caPem"]).match(/CA CERTIFICATE/g)?.length;
    assert.deepEqual([preset, overlap, moved, after].map(held), [1, 2, 2, 1]);
  });

  it("registers nothing with a wrong configuration, and says all that is wrong", async () => {
    const registered: string[] = [];
    const run = runProgram({ canaryWeight: "101", mtlsMode: "STRICT", sidecarInjection: "off" }, (name) =>
      registered.push(name),
    );
    await assert.rejects(run, (error: Error) => {
      assert.ok(pulumi.RunError.isInstance(error));
      assert.match(error.message, /^2 problems in the stack's configuration, nothing was changed:\n/);
      return true;
    });
    assert.deepEqual(registered, []);
  });

  it("writes the remedy for the command line that started it", async () => {
    const before = process.env[npmVariable];
    const messageOf = () => runProgram({ canaryWeight: "101" }).then(String, ({ message }: Error) => message);
    try {
      delete process.env[npmVariable];
      assert.match(await messageOf(), /; fix: pulumi config set canaryWeight 10 --stack test$/);
      process.env[npmVariable] = "true";
      assert.match(await messageOf(), /; fix: npm run pulumi -- config set canaryWeight 10 --stack test$/);
    } finally {
      if (before === undefined) delete process.env[npmVariable];
      else process.env[npmVariable] = before;
    }
  });

  it("changes nothing in a second run", async () => {
    assert.deepEqual(changed(preset, await runProgram()), []);
  });

  it("gives every resource in the cluster up with the cluster", () => {
    const kept = preset.resources
      .filter(inCluster)
      .filter(({ deletedWith, type }) => deletedWith !== "cluster-nodes" && !type.endsWith(":Service"));
    assert.deepEqual(
      kept.map(({ name }) => name),
      [],
    );
  });

  it("takes back what was edited by hand, where the API server would refuse it for the other's sake", () => {
    const applied = preset.resources.filter(
      (one) => inCluster(one) && !one.type.includes("helm.sh") && one.inputs["metadata"],
    );
    assert.ok(applied.length >= 10);
    for (const { name, inputs } of applied) {
      const { annotations } = inputs["metadata"] as { annotations?: Readonly<Record<string, string>> };
      assert.equal(annotations?.["pulumi.com/patchForce"], "true", name);
    }
  });

  it("retries each resource that a webhook admits", () => {
    assert.deepEqual(
      preset.resources.filter(({ retried }) => retried).map(({ name }) => name),
      preset.resources.filter(custom).map(({ name }) => name),
    );
  });

  it("makes no more than these one after the other", () => {
    assert.deepEqual(longestChain(preset.resources), [
      "cluster-identity",
      "cluster-nodes",
      "cluster-kubeconfig",
      "cluster-provider",
      "mesh-namespace",
      "mesh-base",
      istiod,
      "mesh-tag-default",
      "app-namespace",
      "routing-destinationrule",
      "routing-virtualservice",
    ]);
  });

  it("lets the app wait for injection and not for the ingress gateway, and certificates for nothing", () => {
    const waits = (name: string) => preset.resources.find((resource) => resource.name === name)?.after ?? [];
    assert.deepEqual(waits("app"), [istiod, "mesh-tag-default", "mesh-tag-stable", "mesh-validator"]);
    assert.deepEqual(waits("certificates-leaf-key"), []);
  });

  const next = { nextIstioVersion: "1.31.0" };
  for (const [stage, resources] of [
    ["crds", ["mesh-base"]],
    ["istiod", ["mesh-istiod-1-31-0"]],
    ["gateway", ["mesh-gateway"]],
    ["app", ["app-v1", "app-v2", "mesh-tag-stable"]],
    ["default", ["mesh-tag-default", "mesh-validator"]],
  ] as const)
    it(`changes ${resources.join(", ")} when ${stage} is the next stage of another Istio version`, async () => {
      const before = stages[stages.indexOf(stage) - 1];
      const from = before === undefined ? preset : await runProgram({ ...next, nextIstioStage: before });
      const names = changed(from, await runProgram({ ...next, nextIstioStage: stage }));
      // the new control plane is one more that the others wait for
      const own = names.filter((name) => stage !== "istiod" || name.includes("istiod"));
      assert.deepEqual(own.sort(), resources);
    });

  it("ends an upgrade by removing the old control plane, and changes nothing else", async () => {
    const last = await runProgram({ ...next, nextIstioStage: "default" });
    const after = await runProgram({ istioVersion: "1.31.0" });
    const inputs = ({ resources }: Run) => new Map(resources.map((one) => [one.name, JSON.stringify(one.inputs)]));
    const [old, now] = [inputs(last), inputs(after)];
    const names = [...new Set([...old.keys(), ...now.keys()])].filter((name) => old.get(name) !== now.get(name));
    assert.deepEqual(names, [istiod]);
    assert.equal(now.has(istiod), false);
  });

  it("lets tags and validation wait for the control planes that they name: webhooks of one that is gone reject every pod", async () => {
    const { resources } = await runProgram({ ...next, nextIstioStage: "app" });
    for (const name of ["mesh-tag-stable", "mesh-tag-default", "mesh-validator"]) {
      const { after = [] } = resources.find((resource) => resource.name === name) ?? {};
      assert.deepEqual(after, [istiod, "mesh-istiod-1-31-0"], name);
    }
  });

  it("makes the gateway's pods again for another control plane, since a gateway follows only after a restart", async () => {
    const { resources } = await runProgram({ ...next, nextIstioStage: "gateway" });
    const inputs: Registered["inputs"] = resources.find(({ name }) => name === "mesh-gateway")?.inputs ?? {};
    const { revision, strategy } = inputs["values"] as { revision: string; strategy: unknown };
    assert.equal(revision, "1-31-0");
    assert.deepEqual(strategy, { rollingUpdate: { maxSurge: 1, maxUnavailable: 0 } });
  });

  it("validates Istio's resources by the default revision, which the base chart would leave to none", () => {
    const inputs: Registered["inputs"] = preset.resources.find(({ name }) => name === "mesh-base")?.inputs ?? {};
    assert.deepEqual(inputs["values"], { defaultRevision: "" });
    assert.ok(preset.resources.some(({ name }) => name === "mesh-validator"));
  });

  it("runs no cluster command with a secret in its arguments or environment", () => {
    for (const { inputs } of preset.resources.filter(({ type }) => type.startsWith("command:")))
      assert.doesNotMatch(JSON.stringify(inputs), /PRIVATE|kind: Config/);
  });

  it("tells the nodes what their mirrors ask for by standard input, as a secret", async () => {
    const pullSecret = JSON.stringify({ auths: { "mirror.test": { auth: btoa("user:hunter2") } } });
    const { resources } = await runProgram({ registryMirrors: "docker.io=https://mirror.test", pullSecret });
    const [nodes] = resources.filter(({ name }) => name === "cluster-nodes");
    const { stdin, ...others } = nodes?.inputs ?? {};
    assert.equal((stdin as { value?: string }).value, '{"mirror.test":{"username":"user","password":"hunter2"}}');
    assert.ok(Object.values(stdin as object).includes("1b47061264138c4ac30d75fd1eb44270"), "is no secret");
    assert.doesNotMatch(JSON.stringify(others), /hunter2/);
  });

  it("rolls the Deployments when injection changes, by their template alone", async () => {
    const names = changed(preset, await runProgram({ sidecarInjection: "deployment" }));
    assert.deepEqual(names.sort(), ["app-namespace", "app-v1", "app-v2"]);
  });
});
