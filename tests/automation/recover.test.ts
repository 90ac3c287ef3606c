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
import { mendStateFiles, recoverLocks } from "../../automation/stack/stateFiles";

describe("the lock of a stack", () => {
  let folder = "";
  let said: string[] = [];
  const lock = (stack: string, pid: number, host = hostname()) => {
    const file = path.join(folder, "organization", "istio-on-k3d", stack, "1.json");
    mkdirSync(path.dirname(file), { recursive: true });
    writeFileSync(file, JSON.stringify({ pid, username: "user", hostname: host, timestamp: "2026-11-23T00:00:00Z" }));
    return file;
  };
  const recover = () => recoverLocks("dev", folder, (line) => said.push(line));

  beforeEach(() => {
    folder = mkdtempSync(path.join(tmpdir(), "locks-"));
    said = [];
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  it("is removed when its process has ended", async () => {
    const child = spawn(process.execPath, ["--version"], { stdio: "ignore" });
    await once(child, "close");
    const file = lock("dev", child.pid ?? 0);
    await recover();
    assert.ok(!existsSync(file));
    assert.deepEqual(said, [`removed the lock of process ${child.pid}, which has ended`]);
  });

  it("is removed when another program got the number of its process", async () => {
    const file = lock("dev", process.pid);
    await recover();
    assert.ok(!existsSync(file));
  });

  it("is respected while its Pulumi runs", async () => {
    const program = path.join(folder, "pulumi");
    copyFileSync("/bin/sleep", program);
    const child = spawn(program, ["60"], { stdio: "ignore" });
    try {
      await once(child, "spawn");
      const file = lock("dev", child.pid ?? 0);
      await assert.rejects(recover(), {
        message: `another operation on stack dev is under way (process ${child.pid} on ${hostname()}); wait for it, or end it and try again`,
        exitCode: 4,
      });
      assert.ok(existsSync(file));
    } finally {
      child.kill("SIGKILL");
    }
  });

  it("is respected when it comes from another host", async () => {
    const file = lock("dev", 1, "elsewhere");
    await assert.rejects(recover(), /under way \(process 1 on elsewhere\)/);
    assert.ok(existsSync(file));
  });

  it("is removed when it was half written", async () => {
    const file = lock("dev", 1);
    writeFileSync(file, "");
    await recover();
    assert.ok(!existsSync(file));
  });

  it("is left alone when it is another stack's, and nothing is wrong without one", async () => {
    const file = lock("ci", 999_999);
    await recover();
    assert.ok(existsSync(file));
    assert.deepEqual(said, []);
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
