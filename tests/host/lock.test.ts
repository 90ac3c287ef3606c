import assert from "node:assert/strict";
import { spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, utimesSync, writeFileSync } from "node:fs";
import { hostname, tmpdir } from "node:os";
import path from "node:path";
import { rejectHeldLock } from "../../automation/stack/heldLock";
import { Lock } from "../../host/lock";
import { ownIdentity, processAt, stateOf } from "../../host/processes";
import { poll } from "../../host/wait";

const endedPid = spawnSync(process.execPath, ["--version"]).pid;

describe("a lock", () => {
  let folder = "";
  let file = "";
  beforeEach(() => {
    folder = mkdtempSync(path.join(tmpdir(), "lock-"));
    file = path.join(folder, "dev.lock");
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  /** The lock counts as free: this process gets it, and leaves no file behind. */
  async function assertFree(): Promise<void> {
    const lock = await Lock.acquire(file);
    assert.equal(JSON.parse(readFileSync(file, "utf8")).started, (await ownIdentity()).started);
    await lock.release();
    assert.deepEqual(readdirSync(folder), []);
  }

  it("belongs to one process at a time, and its file is removed on release", async () => {
    const lock = await Lock.acquire(file);
    await assert.rejects(Lock.acquire(file), { name: "LockHeld", state: "running" });
    await lock.release();
    await (await Lock.acquire(file)).release();
    assert.deepEqual(readdirSync(folder), []);
  });

  it("whose process has ended is taken over by exactly one of several processes that try at once", async () => {
    for (let round = 0; round < 20; round++) {
      writeFileSync(file, JSON.stringify({ ...(await ownIdentity()), id: `old-${round}`, pid: endedPid }));
      const tried = await Promise.allSettled(Array.from({ length: 6 }, () => Lock.acquire(file)));
      const taken = tried.flatMap((one) => (one.status === "fulfilled" ? [one.value] : []));
      for (const one of tried) if (one.status === "rejected") assert.equal(one.reason.name, "LockHeld");
      assert.equal(taken.length, 1);
      assert.deepEqual(readdirSync(folder), ["dev.lock"]);
      await taken[0]?.release();
    }
  });

  it("counts as free if its process has this process's number and started at another time", async () => {
    writeFileSync(file, JSON.stringify({ ...(await ownIdentity()), id: "old", started: "1" }));
    await assertFree();
  });

  it("counts as free if it was taken before the last boot of this machine", async () => {
    writeFileSync(file, JSON.stringify({ ...(await ownIdentity()), id: "old", boot: "another" }));
    await assertFree();
  });

  it("counts as free if an earlier version wrote only a process number, and that process has ended", async () => {
    writeFileSync(file, String(endedPid));
    await assertFree();
  });

  it("without content counts as taken for ten seconds, and as free afterwards", async () => {
    writeFileSync(file, "");
    await assert.rejects(Lock.acquire(file), { name: "LockHeld", state: "unknown" });
    utimesSync(file, new Date(0), new Date(0));
    await assertFree();
  });

  it("is not removed by a late release if another process holds it", async () => {
    const lock = await Lock.acquire(file);
    writeFileSync(file, JSON.stringify({ ...(await ownIdentity()), id: "next" }));
    await lock.release();
    assert.ok(existsSync(file));
  });

  it("names its holder and the command that resolves it", async () => {
    const lock = await Lock.acquire(file);
    const refused = () => Lock.acquire(file).catch(rejectHeldLock("a rollout of stack dev"));
    await assert.rejects(refused(), {
      exitCode: 4,
      message: `a rollout of stack dev is under way (process ${process.pid} on ${hostname()}); wait for it, or end it: kill ${process.pid}`,
    });
    writeFileSync(file, JSON.stringify({ ...JSON.parse(readFileSync(file, "utf8")), host: "elsewhere", boot: "x" }));
    await assert.rejects(refused(), {
      message: `a rollout of stack dev is under way (process ${process.pid} on elsewhere); this machine cannot see that process; if it has ended: rm ${file}`,
    });
    await lock.release();
  });
});

describe("the state of a process", () => {
  it("is running for this one, with its program and its start", async () => {
    const { state, program, started } = await processAt(process.pid);
    assert.equal(state, "running");
    assert.ok(program);
    assert.ok(started);
    assert.equal(await stateOf(await ownIdentity()), "running");
  });

  it("is running for a process of another user, which this user may not signal", async () => {
    assert.equal((await processAt(1)).state, "running");
  });

  it("is ended for a zombie", async () => {
    // the shell starts a child, becomes a program that never waits for it, and so keeps it as a zombie
    const shell = spawn("sh", ["-c", "sleep 0 & echo $!; exec sleep 60"], { stdio: ["ignore", "pipe", "inherit"] });
    try {
      const [output] = (await once(shell.stdout, "data")) as [Buffer];
      const zombie = () => processAt(Number(output.toString()));
      const { state } = await poll(10, zombie, (process) => process.state === "ended", 20);
      assert.equal(state, "ended");
    } finally {
      shell.kill("SIGKILL");
    }
  });

  for (const [reason, change, state] of [
    ["on another host, or on this machine after a boot with another name", { host: "elsewhere", boot: "x" }, "unknown"],
    ["on this machine under an earlier name", { host: "earlier" }, "running"],
    ["in another namespace", { namespace: "pid:[1]" }, "unknown"],
    ["of before the last boot", { boot: "x" }, "ended"],
    ["without a boot, on another host", { host: "elsewhere", boot: undefined }, "unknown"],
    ["with a number that cannot be", { pid: -1 }, "unknown"],
  ] as const)
    it(`is ${state} for one ${reason}`, async () => {
      assert.equal(await stateOf({ ...(await ownIdentity()), ...change }), state);
    });
});
