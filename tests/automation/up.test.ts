import assert from "node:assert/strict";
import { readFile, writeFile } from "node:fs/promises";
import { createServer, type Server } from "node:https";
import type { AddressInfo } from "node:net";
import { openRecovered, recover } from "../../automation/commands/recover";
import { up } from "../../automation/commands/up";
import { legacyGenerationVariable, ownershipLabels } from "../../model/cluster/ownership";
import { gateway, meshNamespace, metallbNamespace, project } from "../../model/names";
import { certificates } from "../support/fakeGateway";
import { item } from "../support/fakeMachine";
import { FakeProject } from "../support/fakeProject";

const stack = "unit-up";

describe("an up", () => {
  const fake = new FakeProject(stack);
  let app: Server | undefined;
  afterEach(() => app?.close());

  it("writes the CA, and prints the address of the app", async () => {
    const { ca, cert, key } = await certificates("app.test", ["helloworld.app.test"]);
    app = createServer({ cert, key }, (_request, response) => response.end("v1"));
    await new Promise<void>((resolve) => app?.listen(0, "127.0.0.1", resolve));
    const httpsPort = String((app.address() as AddressInfo).port);
    const url = `https://helloworld.app.test:${httpsPort}/`;
    await fake.pulumi({
      config: { domain: "app.test", httpsPort },
      outputs: {
        caPem: ca,
        ...{ ingressIp: "10.44.0.239", curl: "curl it", canaryWeight: 10, mtlsMode: "PERMISSIVE" },
        urls: [{ url, address: "127.0.0.1", port: Number(httpsPort), from: "this host" }],
      },
    });
    await up(stack, fake.say);
    assert.equal(await readFile("ca-unit-up.pem", "utf8"), ca);
    assert.match(
      fake.lines.join("\n"),
      new RegExp(
        `the environment is up: ingress 10\\.44\\.0\\.239, 10 % to v2, mTLS PERMISSIVE\\n  ${url} +at 127\\.0\\.0\\.1`,
      ),
    );
    assert.ok((await fake.commands()).some((command) => command.startsWith("up --yes")));
  });

  it("starts nothing when the configuration is wrong", async () => {
    await fake.pulumi({});
    await writeFile(`Pulumi.${stack}.yaml`, `config:\n  ${project}:agents: "-1"\n`);
    await assert.rejects(up(stack, fake.say), {
      ...{ exitCode: 2, message: /agents = "-1" must be an integer from 0 to 8/ },
    });
    assert.deepEqual(await fake.commands(), []);
  });

  it("is retried once with a refresh if a killed up had uninstalled a Helm release already", async () => {
    await fake.pulumi({ code: 255, message: "error: uninstall: Release not loaded: istiod: release: not found" });
    await assert.rejects(up(stack, fake.say), { exitCode: 1, message: /release: not found/ });
    const ups = (await fake.commands()).filter((command) => command.startsWith("up"));
    assert.deepEqual(
      ups.map((command) => command.includes("--refresh")),
      [false, true],
    );
  });

  it("writes no CA when it fails", async () => {
    await fake.pulumi({ code: 255, message: "error: no disk" });
    await assert.rejects(up(stack, fake.say), { exitCode: 1, message: /no disk/ });
    await assert.rejects(readFile("ca-unit-up.pem"), { code: "ENOENT" });
  });
});

describe("a stack that an operation left half-made", () => {
  const fake = new FakeProject("unit-recover");
  const { machine } = fake;
  const command = (name: string, more: object) => ({
    ...{ type: "command:local:Command", urn: `urn:pulumi:dev::p::command:local:Command::${name}`, ...more },
  });
  const identity = command("cluster-identity", { outputs: { stdout: "1" } });
  const base = {
    type: "kubernetes:helm.sh/v3:Release",
    urn: "",
    inputs: { namespace: meshNamespace, name: "istio-base" },
  };
  /** The Secret of a Helm revision. */
  const revision = (namespace: string, name: string, status: string) =>
    machine.secrets.set(`${namespace}/sh.helm.release.v1.${name}.v1`, { owner: "helm", name, status });
  const owned = (id: string) =>
    machine.has({
      containers: [
        item("k3d-istio-server-0", { "k3d.cluster": "istio", "k3d.role": "server", [ownershipLabels.id]: id }),
      ],
    });
  afterEach(() => {
    delete process.env[legacyGenerationVariable];
  });

  it("is opened without its pending and unknown Helm releases, and is otherwise unchanged", async () => {
    await fake.pulumi({ resources: [identity, base] });
    owned("1");
    revision(meshNamespace, "istio-base", "deployed");
    revision(meshNamespace, gateway.release, "pending-install");
    revision(metallbNamespace, "metallb", "deployed");
    revision(meshNamespace, "istio-egressgateway", "pending-install");
    const { stack: opened, settings } = await openRecovered("unit-recover", fake.say);
    assert.equal(opened.name, "unit-recover");
    assert.equal(settings?.clusterName, "istio");
    assert.deepEqual(fake.lines.sort(), [
      "forgot the deployed Helm release metallb-system/metallb of a killed operation",
      "forgot the pending-install Helm release istio-system/istio-ingressgateway of a killed operation",
    ]);
    assert.deepEqual([...machine.secrets.keys()].sort(), [
      "istio-system/sh.helm.release.v1.istio-base.v1",
      "istio-system/sh.helm.release.v1.istio-egressgateway.v1",
    ]);
    assert.deepEqual(machine.state.calls, []);
  });

  it("keeps every Helm release of a cluster that is another stack's", async () => {
    await fake.pulumi({ resources: [identity] });
    owned("2");
    revision(meshNamespace, "istio-base", "pending-install");
    await recover("unit-recover", fake.say);
    assert.deepEqual(fake.lines, ["nothing is in the way of the next up"]);
    assert.equal(machine.secrets.size, 1);
  });

  it("proves that a cluster of an earlier version is its own", async () => {
    const CLUSTER = JSON.stringify({ owner: `${project}/unit-recover`, generation: "abc.1" });
    await fake.pulumi({ resources: [command("cluster-nodes", { inputs: { environment: { CLUSTER } } })] });
    await openRecovered("unit-recover", fake.say);
    assert.equal(process.env[legacyGenerationVariable], "abc.1");
  });

  it("is opened with no settings when its configuration is wrong", async () => {
    await fake.pulumi({ config: { agents: "-1" }, resources: [identity] });
    owned("1");
    revision(meshNamespace, "istio-base", "pending-install");
    assert.equal((await openRecovered("unit-recover", fake.say)).settings, undefined);
    assert.equal(machine.secrets.size, 1);
  });
});
