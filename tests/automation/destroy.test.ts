import assert from "node:assert/strict";
import { mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { pathToFileURL } from "node:url";
import { destroy } from "../../automation/commands/destroy";
import { up } from "../../automation/commands/up";
import { stateFolder } from "../../automation/stack/backend";
import { labelledOwner } from "../../automation/stack/identity";
import { stateLocation } from "../../host/stateLocation";
import { ownershipLabels } from "../../model/cluster/ownership";
import { ownerOf, project } from "../../model/names";
import { FakeMachine, type Item, item } from "../support/fakeMachine";

const stack = "unit-commands";

describe("the commands that change an environment", () => {
  const machine = new FakeMachine();
  const { stubs } = machine;
  const before: Record<string, string | undefined> = {};
  const top = process.cwd();
  let folder = "";
  let said: string[] = [];
  const say = (line: string) => said.push(line);

  /** Commands of Pulumi in their order, without the look at its version. */
  const pulumis = async () =>
    (await readFile(stubs.file("log"), "utf8").catch(() => ""))
      .split("\n")
      .filter((line) => line !== "" && line !== "version");

  /** A Pulumi whose up and destroy end so. */
  const pulumi = (code: number, message = "") =>
    stubs.program(
      "pulumi",
      `case "$*" in version) ;; *) echo "$*" >> ${stubs.file("log")};; esac
case "$1 $2" in
  "version "*) echo v3.259.0;;
  "stack history") echo '[{"kind":"destroy","result":"succeeded"}]';;
  "stack export") echo '{"version":3,"deployment":{}}';;
  "config "*) echo '{}';;
  "up "*|"destroy "*) echo '${message}' >&2; exit ${code};;
esac`,
    );

  const state = () => path.join(folder, "state", ".pulumi", "stacks", project, `${stack}.json`);
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

  beforeEach(async () => {
    said = [];
    folder = await mkdtemp(path.join(tmpdir(), "commands-"));
    await mkdir(path.dirname(state()), { recursive: true });
    await writeFile(state(), "{}");
    await writeFile(path.join(folder, "Pulumi.yaml"), `name: ${project}\nruntime: nodejs\n`);
    for (const name of ["PULUMI_BACKEND_URL", "PULUMI_CONFIG_PASSPHRASE"]) before[name] = process.env[name];
    process.env["PULUMI_BACKEND_URL"] = pathToFileURL(path.join(folder, "state")).href;
    process.env["PULUMI_CONFIG_PASSPHRASE"] = "for tests";
    process.chdir(folder);
  });
  afterEach(async () => {
    process.chdir(top);
    for (const [name, value] of Object.entries(before))
      if (value === undefined) delete process.env[name];
      else process.env[name] = value;
    await rm(folder, { recursive: true });
    await rm(path.join(top, ".state", "config", `Pulumi.${stack}.yaml`), { force: true });
  });

  it("remove nothing from Docker when Pulumi refuses the destroy", async () => {
    await pulumi(255, "error: resource is protected");
    machine.has({ containers: [node("1")] });
    await writeFile("ca-unit-commands.pem", "ca");
    await assert.rejects(destroy(stack, say), { exitCode: 1, message: /protected/ });
    assert.deepEqual(machine.names(), ["k3d-unit-server-0"]);
    assert.deepEqual(machine.state.calls, []);
    assert.equal(await readFile("ca-unit-commands.pem", "utf8"), "ca");
  });

  it("remove what the labels show after Pulumi has destroyed, and the CA's file", async () => {
    await pulumi(0);
    machine.has({ containers: [node("1")] });
    await writeFile("ca-unit-commands.pem", "ca");
    await destroy(stack, say);
    assert.ok((await pulumis()).some((command) => command.startsWith("destroy --yes")));
    assert.deepEqual(machine.names(), []);
    assert.ok(said.includes("removed the k3d cluster unit, which an earlier state of this stack made"));
    assert.equal(said.at(-1), "the environment is gone");
    await assert.rejects(readFile("ca-unit-commands.pem"), { code: "ENOENT" });
  });

  it("remove what the labels show when the state is lost, without Pulumi", async () => {
    await pulumi(0);
    await rm(state());
    machine.has({ containers: [node("1")] });
    await destroy(stack, say);
    assert.deepEqual(machine.names(), []);
    assert.deepEqual(await pulumis(), []);
  });

  it("refuse a stack that does not exist, and list those that do", async () => {
    await pulumi(0);
    machine.has({ containers: [node("1")] });
    await assert.rejects(destroy("unit-commadns", say), {
      exitCode: 2,
      message:
        "stack unit-commadns does not exist; there are: unit-commands; npm start -- --stack unit-commadns makes it",
    });
    assert.deepEqual(machine.names(), ["k3d-unit-server-0"]);
  });

  it("remove nothing when the passphrase cannot be read from the user's own file", async () => {
    await pulumi(0);
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

  it("start nothing when the configuration is wrong", async () => {
    await pulumi(0);
    await writeFile(`Pulumi.${stack}.yaml`, `config:\n  ${project}:agents: "-1"\n`);
    await assert.rejects(up(stack, say), { exitCode: 2, message: /agents = "-1" must be an integer from 0 to 8/ });
    assert.deepEqual(await pulumis(), []);
  });

  it("write no CA when the up fails", async () => {
    await pulumi(255, "error: no disk");
    await assert.rejects(up(stack, say), { exitCode: 1, message: /no disk/ });
    await assert.rejects(readFile("ca-unit-commands.pem"), { code: "ENOENT" });
  });
});

describe("the labels that a destroy looks for", () => {
  it("name the same place of the state before Pulumi's environment is prepared and after", () => {
    const given = process.env["PULUMI_BACKEND_URL"];
    delete process.env["PULUMI_BACKEND_URL"];
    try {
      assert.equal(labelledOwner("dev").state, stateLocation(process.cwd(), pathToFileURL(stateFolder).href));
      process.env["PULUMI_BACKEND_URL"] = pathToFileURL(stateFolder).href;
      assert.equal(labelledOwner("dev").state, stateLocation());
    } finally {
      delete process.env["PULUMI_BACKEND_URL"];
      if (given !== undefined) process.env["PULUMI_BACKEND_URL"] = given;
    }
  });
});
