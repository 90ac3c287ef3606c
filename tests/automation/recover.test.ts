import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import {
  copyFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { hostname, tmpdir } from "node:os";
import path from "node:path";
import { pathToFileURL } from "node:url";
import { unlockState } from "../../automation/commands/recover";
import { mendStateFiles } from "../../automation/stack/stateFiles";
import { recoverLocks } from "../../automation/stack/stateLocks";
import { pidNamespace } from "../../host/processes";

describe("Pulumi's lock of a stack", () => {
  let folder = "";
  let said: string[] = [];
  const lock = (
    stack: string,
    content: Readonly<Record<string, unknown>>,
    place = ["organization", "istio-on-k3d"],
  ) => {
    const file = path.join(folder, ".pulumi", "locks", ...place, stack, "1.json");
    mkdirSync(path.dirname(file), { recursive: true });
    const whole = { username: "user", hostname: hostname(), timestamp: "2026-11-23T00:00:00Z", ...content };
    writeFileSync(file, JSON.stringify(whole));
    return file;
  };
  const usageFile = () => path.join(folder, "usage.json");
  const recover = () =>
    recoverLocks("dev", { folder, project: "istio-on-k3d", usageFile: usageFile() }, (line) => said.push(line));
  /** Runs work while a process called pulumi runs. */
  async function withPulumi(work: (pid: number) => Promise<void>): Promise<void> {
    const program = path.join(folder, "pulumi");
    copyFileSync("/bin/sleep", program);
    const child = spawn(program, ["60"], { stdio: "ignore" });
    try {
      await once(child, "spawn");
      await work(child.pid ?? 0);
    } finally {
      child.kill("SIGKILL");
    }
  }
  async function endedProcess(): Promise<number> {
    const child = spawn(process.execPath, ["--version"], { stdio: "ignore" });
    await once(child, "close");
    return child.pid ?? 0;
  }
  const path0 = process.env["PATH"];

  beforeEach(() => {
    folder = mkdtempSync(path.join(tmpdir(), "locks-"));
    said = [];
  });
  afterEach(() => {
    process.env["PATH"] = path0;
    rmSync(folder, { recursive: true });
  });

  it("is removed when its process has ended", async () => {
    const pid = await endedProcess();
    const file = lock("dev", { pid });
    await recover();
    assert.ok(!existsSync(file));
    assert.deepEqual(said, [`removed the lock of process ${pid}, which has ended`]);
  });

  it("is removed in the backend of PULUMI_BACKEND_URL, also with a blank in its path", async () => {
    const before = process.env["PULUMI_BACKEND_URL"];
    folder = path.join(folder, "other state");
    const file = lock("dev", { pid: await endedProcess() });
    try {
      process.env["PULUMI_BACKEND_URL"] = pathToFileURL(folder).href;
      await unlockState("dev", (line) => said.push(line));
    } finally {
      if (before === undefined) delete process.env["PULUMI_BACKEND_URL"];
      else process.env["PULUMI_BACKEND_URL"] = before;
      folder = path.dirname(folder);
    }
    assert.ok(!existsSync(file));
  });

  it("is removed when another program got the number of its process", async () => {
    const file = lock("dev", { pid: process.pid });
    await recover();
    assert.ok(!existsSync(file));
  });

  for (const tools of ["with the usual ps", "without ps"])
    it(`is respected while its Pulumi runs, ${tools}`, () =>
      withPulumi(async (pid) => {
        if (tools === "without ps") process.env["PATH"] = "/nowhere";
        const file = lock("dev", { pid });
        await assert.rejects(recover(), {
          message: `another operation on stack dev is under way (process ${pid} on ${hostname()}); wait for it, or end it: kill ${pid}; if that is another program by now: npm run pulumi -- cancel --stack dev --yes`,
          exitCode: 4,
        });
        assert.ok(existsSync(file));
      }));

  for (const [reason, place] of [
    ["is in the layout without projects", []],
    ["is the project's", ["organization", "istio-on-k3d"]],
  ] as const)
    it(`is respected when it comes from another host and ${reason}, with the command that removes it`, async () => {
      const file = lock("dev", { pid: 1, hostname: "elsewhere" }, [...place]);
      await assert.rejects(recover(), {
        message:
          "another operation on stack dev is under way (process 1 on elsewhere); this machine cannot see that process; if it has ended: npm run pulumi -- cancel --stack dev --yes",
      });
      assert.ok(existsSync(file));
    });

  it("is respected when the commands before ran in a container that has this host's name", async () => {
    const usage = { namespace: "pid:[1]", since: "2026-11-22T00:00:00Z" };
    writeFileSync(usageFile(), JSON.stringify(usage));
    const file = lock("dev", { pid: await endedProcess() });
    await assert.rejects(recover(), /this machine cannot see that process/);
    assert.ok(existsSync(file));
  });

  it("is removed when it was half written", async () => {
    const file = lock("dev", { pid: 1 });
    writeFileSync(file, "");
    await recover();
    assert.ok(!existsSync(file));
  });

  it("is not changed when it belongs to another stack or project, and a stack without one is no problem", async () => {
    const files = [lock("ci", { pid: 999_999 }), lock("dev", { pid: 999_999 }, ["organization", "other"])];
    await recover();
    for (const file of files) assert.ok(existsSync(file));
    assert.deepEqual(said, []);
    const { namespace } = JSON.parse(readFileSync(usageFile(), "utf8")) as { namespace?: string };
    assert.equal(namespace, pidNamespace());
  });
});

describe("the state of a stack after a kill in the middle of a write", () => {
  let folder = "";
  const state = JSON.stringify({ version: 3, checkpoint: { latest: { resources: [] } } });
  const attributes = JSON.stringify({ "user.content_type": "text/plain" });

  /** Mends a folder with these files; answers what is in it then. */
  async function mended(files: Readonly<Record<string, string>>): Promise<Record<string, string>> {
    folder = mkdtempSync(path.join(tmpdir(), "stacks-"));
    for (const [name, text] of Object.entries(files)) writeFileSync(path.join(folder, name), text);
    await mendStateFiles("dev", folder, () => {});
    return Object.fromEntries(readdirSync(folder).map((name) => [name, readFileSync(path.join(folder, name), "utf8")]));
  }
  afterEach(() => rmSync(folder, { recursive: true }));

  it("stays as it is when it is whole", async () => {
    const files = {
      "dev.json": state,
      "dev.json.attrs": attributes,
      "dev.json.bak": state,
      "dev.json.bak.attrs": attributes,
    };
    assert.deepEqual(await mended(files), files);
  });

  it("loses attributes that are empty, which Pulumi refuses with EOF", async () => {
    assert.deepEqual(await mended({ "dev.json": state, "dev.json.attrs": "", "dev.json.bak": state }), {
      "dev.json": state,
      "dev.json.bak": state,
    });
  });

  it("loses temporary files, and those of another stack stay", async () => {
    const other = { "ci.json": state, "ci.json.attrs": "" };
    assert.deepEqual(await mended({ ...other, "dev.json": state, "dev.json.18eac81b3d3f39e9.tmp": "{" }), {
      ...other,
      "dev.json": state,
    });
  });

  it("comes back from the state before when it is torn", async () => {
    assert.deepEqual(
      await mended({ "dev.json": '{"version":3', "dev.json.attrs": attributes, "dev.json.bak": state }),
      {
        "dev.json": state,
        "dev.json.bak": state,
      },
    );
  });
});
