import assert from "node:assert/strict";
import { readFile, rm, writeFile } from "node:fs/promises";
import { pathToFileURL } from "node:url";
import { destroy } from "../../automation/commands/destroy";
import { stateFolder } from "../../automation/stack/backend";
import { labelledOwner } from "../../automation/stack/identity";
import { stateLocation } from "../../host/stateLocation";
import { ownershipLabels } from "../../model/cluster/ownership";
import { ownerOf, project } from "../../model/names";
import { type Item, item } from "../support/fakeMachine";
import { FakeProject } from "../support/fakeProject";

const stack = "unit-destroy";

describe("a destroy", () => {
  const fake = new FakeProject(stack);
  const { machine, say } = fake;

  /** A node of a cluster of this stack, of a state at the same place. */
  const node = (id: string): Item =>
    item("k3d-unit-server-0", {
      app: "k3d",
      "k3d.cluster": "unit",
      "k3d.role": "server",
      [ownershipLabels.stack]: ownerOf(project, stack),
      [ownershipLabels.id]: id,
      [ownershipLabels.state]: stateLocation(),
    });

  it("removes nothing from Docker when Pulumi rejects the destroy", async () => {
    await fake.pulumi({ code: 255, message: "error: resource is protected" });
    machine.has({ containers: [node("1")] });
    await writeFile("ca-unit-destroy.pem", "ca");
    await assert.rejects(destroy(stack, say), { exitCode: 1, message: /protected/ });
    assert.deepEqual(machine.names(), ["k3d-unit-server-0"]);
    assert.deepEqual(machine.state.calls, []);
    assert.equal(await readFile("ca-unit-destroy.pem", "utf8"), "ca");
  });

  it("deletes nothing at all while a resource is protected, and names the command that ends the protection", async () => {
    await fake.pulumi({});
    machine.has({ containers: [node("1")] });
    const urn = "urn:pulumi:dev::p::p:index:Certificates$tls:index/privateKey:PrivateKey::certificates-ca-key";
    const resources = [
      { type: "t", urn: "urn:pulumi:dev::p::t::other" },
      { type: "t", urn, protect: true },
    ];
    await writeFile(fake.stateFile(), JSON.stringify({ version: 3, checkpoint: { latest: { resources } } }));
    await assert.rejects(destroy(stack, say), {
      exitCode: 1,
      message: `protected from deletion: certificates-ca-key; nothing was removed; fix: npm run pulumi -- state unprotect '${urn}' --yes --stack ${stack}`,
    });
    assert.ok(!(await fake.commands()).some((command) => command.startsWith("destroy")));
    assert.deepEqual(machine.names(), ["k3d-unit-server-0"]);
  });

  for (const [what, answer, text] of [
    [
      "is not running",
      "Cannot connect to the Docker daemon at unix:///var/run/docker.sock. Is the docker daemon running?",
      "Docker is not running; fix: start Docker Desktop, or: sudo systemctl start docker",
    ],
    ["fails in another way", "out of order", /out of order$/],
  ] as const)
    it(`deletes nothing at all while Docker ${what}`, async () => {
      await fake.pulumi({});
      machine.has({ fails: { "docker ps": answer } });
      await assert.rejects(destroy(stack, say), { exitCode: 4, message: text });
      assert.ok(!(await fake.commands()).some((command) => command.startsWith("destroy")));
    });

  for (const [what, labels, text] of [
    ["in the network", {}, /^the network k3d-unit stays: .*: my-database; fix: docker network disconnect k3d-unit/],
    [
      "among the nodes",
      { "k3d.cluster": "unit", "k3d.role": "agent" },
      /^the k3d cluster unit has nodes without the id of this stack: my-database; it was left as it is; fix: docker rm/,
    ],
  ] as const)
    it(`deletes nothing at all while a container of somebody else is ${what}`, async () => {
      await fake.pulumi({});
      const foreign = item("my-database", labels, { networks: ["k3d-unit"] });
      machine.has({ containers: [node("1"), foreign], networks: [item("k3d-unit", { app: "k3d" })] });
      await assert.rejects(destroy(stack, say), { exitCode: 4, message: text });
      assert.ok(!(await fake.commands()).some((command) => command.startsWith("destroy")));
      assert.deepEqual(machine.names(), ["k3d-unit", "k3d-unit-server-0", "my-database"]);
    });

  it("explains a Docker that is not running also when the state is lost", async () => {
    await fake.pulumi({});
    await rm(fake.stateFile());
    machine.has({ containers: [node("1")], fails: { "docker ps": "Cannot connect to the Docker daemon" } });
    await assert.rejects(destroy(stack, say), {
      exitCode: 4,
      message: "Docker is not running; fix: start Docker Desktop, or: sudo systemctl start docker",
    });
    assert.deepEqual(machine.names(), ["k3d-unit-server-0"]);
  });

  it("runs no Docker command for an existing cluster", async () => {
    await fake.pulumi({});
    await writeFile(`Pulumi.${stack}.yaml`, `config:\n  ${project}:cluster: existing\n`);
    machine.has({ fails: { docker: "Cannot connect to the Docker daemon" } });
    await destroy(stack, say);
    assert.equal(fake.lines.at(-1), "the environment is gone");
  });

  it("removes what the labels show after Pulumi has destroyed, and the CA's file", async () => {
    await fake.pulumi({});
    machine.has({ containers: [node("1")] });
    await writeFile("ca-unit-destroy.pem", "ca");
    await destroy(stack, say);
    assert.ok((await fake.commands()).some((command) => command.startsWith("destroy --yes")));
    assert.deepEqual(machine.names(), []);
    assert.ok(fake.lines.includes("removed the k3d cluster unit, which an earlier state of this stack made"));
    assert.equal(fake.lines.at(-1), "the environment is gone");
    await assert.rejects(readFile("ca-unit-destroy.pem"), { code: "ENOENT" });
  });

  it("removes what the labels show when the state is lost, without Pulumi", async () => {
    await fake.pulumi({});
    await rm(fake.stateFile());
    machine.has({ containers: [node("1")] });
    await destroy(stack, say);
    assert.deepEqual(machine.names(), []);
    assert.deepEqual(await fake.commands(), []);
  });

  it("refuses a stack that does not exist, and lists those that do", async () => {
    await fake.pulumi({});
    machine.has({ containers: [node("1")] });
    await assert.rejects(destroy("unit-detsroy", say), {
      exitCode: 2,
      message: "stack unit-detsroy does not exist; there are: unit-destroy; npm start -- --stack unit-detsroy makes it",
    });
    assert.deepEqual(machine.names(), ["k3d-unit-server-0"]);
  });

  it("removes nothing when the passphrase cannot be read from the user's own file", async () => {
    await fake.pulumi({});
    delete process.env["PULUMI_CONFIG_PASSPHRASE"];
    process.env["PULUMI_CONFIG_PASSPHRASE_FILE"] = "/nowhere";
    try {
      machine.has({ containers: [node("1")] });
      await assert.rejects(destroy(stack, say), { exitCode: 4, message: /passphrase is gone/ });
      assert.deepEqual(machine.names(), ["k3d-unit-server-0"]);
    } finally {
      delete process.env["PULUMI_CONFIG_PASSPHRASE_FILE"];
    }
  });
});

describe("the labels that a destroy looks for", () => {
  it("name the same place of the state before Pulumi's environment is prepared and after", () => {
    const formerBackend = process.env["PULUMI_BACKEND_URL"];
    delete process.env["PULUMI_BACKEND_URL"];
    try {
      assert.equal(labelledOwner("dev").state, stateLocation(process.cwd(), pathToFileURL(stateFolder).href));
      process.env["PULUMI_BACKEND_URL"] = pathToFileURL(stateFolder).href;
      assert.equal(labelledOwner("dev").state, stateLocation());
    } finally {
      delete process.env["PULUMI_BACKEND_URL"];
      if (formerBackend !== undefined) process.env["PULUMI_BACKEND_URL"] = formerBackend;
    }
  });
});
