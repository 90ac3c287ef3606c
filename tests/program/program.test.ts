import assert from "node:assert/strict";
import * as pulumi from "@pulumi/pulumi";
import { istiodOf } from "../../model/mesh/revisions";
import { npmVariable } from "../../model/output/remedy";
import { stackOutputs } from "../../model/settings/contract";
import versions from "../../versions.json";
import { changed } from "../support/changed";
import { violations } from "../support/crds";
import { longestChain } from "../support/graph";
import { type Registered, type Run, runProgram } from "../support/program";

const custom = ({ type }: Registered) =>
  /^kubernetes:[\w.]+\.io\/v\w+:/.test(type) && !/helm\.sh|admissionregistration/.test(type);
const istiod = `mesh-${istiodOf(versions.istio)}`;
const inCluster = ({ type }: Registered) => type.startsWith("kubernetes:");

describe("the program", () => {
  let preset: Run;
  before(async () => {
    preset = await runProgram();
  });

  it("exports exactly the outputs of the contract", () => {
    assert.deepEqual(Object.keys(preset.outputs).sort(), Object.keys(stackOutputs).sort());
  });

  it("registers six custom resources, each valid by the CRD of its kind", () => {
    const found = preset.resources.filter(custom);
    assert.equal(found.length, 6);
    for (const { name, inputs } of found)
      assert.deepEqual(violations(inputs as { apiVersion: string; kind: string }), [], name);
  });

  it("fails by the CRD's schema with a wrong mode, a wrong weight or a field that Istio or MetalLB does not have", () => {
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

  it("installs the charts from the cache, without the password that downloaded them", async () => {
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

  it("lets Helm download the charts that are not in the cache, and those of an OCI registry", async () => {
    const login = { istioChartRepository: "https://charts.example.com/i", istioChartAuth: "user:pass" };
    const left = releases(await runProgram(login, undefined, () => ({})));
    const repository = { repo: login.istioChartRepository, username: "user", password: "pass" };
    // the mocks tell of a secret inside of an object as if the object were one
    const secret = { "4dabf18193072939515e22adb298388d": "1b47061264138c4ac30d75fd1eb44270", value: repository };
    assert.deepEqual(left[1], { chart: "base", repository: secret });
    const [, base] = releases(await runProgram({ istioChartRepository: "oci://ghcr.io/istio/release/charts" }));
    assert.deepEqual(base, { chart: "oci://ghcr.io/istio/release/charts/base", repository: {} });
  });

  it("changes the CA in three steps, each of which changes its own resources only", async () => {
    const overlap = await runProgram({ trustedCas: "1,2" });
    const moved = await runProgram({ trustedCas: "1,2", signingCa: "2" });
    const after = await runProgram({ trustedCas: "2", signingCa: "2" });
    assert.deepEqual(changed(preset, overlap).sort(), ["certificates-ca-2", "certificates-ca-2-key"]);
    assert.deepEqual(changed(overlap, moved), ["certificates-leaf"]);
    assert.deepEqual(changed(moved, after).sort(), ["certificates-ca", "certificates-ca-key"]);
    const certificateCount = ({ outputs }: Run) => String(outputs["caPem"]).match(/CA CERTIFICATE/g)?.length;
    assert.deepEqual([preset, overlap, moved, after].map(certificateCount), [1, 2, 2, 1]);
  });

  it("registers nothing with a wrong configuration, and reports every error", async () => {
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

  it("writes remedies for the command line that started it", async () => {
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

  it("drops every resource in the cluster from the state when the cluster is deleted", () => {
    const kept = preset.resources
      .filter(inCluster)
      .filter(({ deletedWith, type }) => deletedWith !== "cluster-nodes" && !type.endsWith(":Service"));
    assert.deepEqual(
      kept.map(({ name }) => name),
      [],
    );
  });

  it("force-applies fields that were edited by hand (server-side apply conflict)", () => {
    const applied = preset.resources.filter(
      (one) => inCluster(one) && !one.type.includes("helm.sh") && one.inputs["metadata"],
    );
    assert.ok(applied.length >= 10);
    for (const { name, inputs } of applied) {
      const { annotations } = inputs["metadata"] as { annotations?: Readonly<Record<string, string>> };
      assert.equal(annotations?.["pulumi.com/patchForce"], "true", name);
    }
  });

  it("retries each resource that an admission webhook checks", () => {
    assert.deepEqual(
      preset.resources.filter(({ retried }) => retried).map(({ name }) => name),
      preset.resources.filter(custom).map(({ name }) => name),
    );
  });

  it("creates at most these resources one after the other", () => {
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
      "routing-gateway",
    ]);
  });

  it("creates the app after sidecar injection and not after the ingress gateway, and certificates at once", () => {
    const waits = (name: string) => preset.resources.find((resource) => resource.name === name)?.after ?? [];
    assert.deepEqual(waits("app"), [istiod, "mesh-tag-default", "mesh-tag-stable", "mesh-validator"]);
    assert.deepEqual(waits("certificates-leaf-key"), []);
  });

  it("runs no cluster command with a secret in its arguments or environment", () => {
    const clusterCommands = preset.resources.filter(({ type }) => type.startsWith("command:"));
    assert.ok(clusterCommands.length > 0);
    for (const { inputs } of clusterCommands) assert.doesNotMatch(JSON.stringify(inputs), /PRIVATE|kind: Config/);
  });

  it("passes the credentials of mirrors to the nodes on standard input, as a secret", async () => {
    const pullSecret = JSON.stringify({ auths: { "mirror.test": { auth: btoa("user:hunter2") } } });
    const { resources } = await runProgram({ registryMirrors: "docker.io=https://mirror.test", pullSecret });
    const [nodes] = resources.filter(({ name }) => name === "cluster-nodes");
    const { stdin, ...others } = nodes?.inputs ?? {};
    assert.equal((stdin as { value?: string }).value, '{"mirror.test":{"username":"user","password":"hunter2"}}');
    assert.ok(Object.values(stdin as object).includes("1b47061264138c4ac30d75fd1eb44270"), "is no secret");
    assert.doesNotMatch(JSON.stringify(others), /hunter2/);
  });

  it("restarts the Deployments when injection changes, by a change of their template only", async () => {
    const names = changed(preset, await runProgram({ sidecarInjection: "deployment" }));
    assert.deepEqual(names.sort(), ["app-namespace", "app-v1", "app-v2"]);
  });
});
