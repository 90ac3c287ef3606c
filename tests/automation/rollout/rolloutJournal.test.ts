import assert from "node:assert/strict";
import { appendFileSync, existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { hostname, tmpdir } from "node:os";
import path from "node:path";
import { rolloutJournals } from "../../../automation/commands/rollout/journal";
import { refuseDuringSteps, refuseOtherWork } from "../../../automation/stack/routeLock";
import { Lock } from "../../../host/lock";
import { statusOf } from "../../../model/canary/plan";

const plan = { steps: [50, 100], from: 10 };

describe("the journal of a rollout", () => {
  let folder = "";
  beforeEach(() => {
    folder = mkdtempSync(path.join(tmpdir(), "journal-"));
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  it("returns the state of a killed rollout to another process, without the line that the kill cut short", async () => {
    const journal = await rolloutJournals.open("dev", folder);
    await journal.add({ kind: "begun", plan });
    await journal.add({ kind: "step", weight: 50 });
    await journal.add({ kind: "verdict", weight: 50, verdict: { outcome: "pass", code: "as-good", reason: "" } });
    await journal.add({ kind: "step", weight: 100 });
    appendFileSync(path.join(folder, "dev.jsonl"), '{"at":"2026-11-23T00:00:01Z","kind":"ended","end":"promo');
    assert.deepEqual(statusOf(await rolloutJournals.read("dev", folder)), { plan, step: 1 });
  });

  it("keeps the lines that follow a torn one, and ignores foreign lines", async () => {
    const file = path.join(folder, "dev.jsonl");
    const before = await rolloutJournals.open("dev", folder);
    await before.add({ kind: "begun", plan });
    await before.add({ kind: "step", weight: 50 });
    await before.close();
    appendFileSync(file, 'null\n{"at":"2026-11-26T10:00:03Z","kind":"measured","weight":50,"stab');
    const after = await rolloutJournals.open("dev", folder);
    await after.add({ kind: "ended", end: "rolled back", reason: "aborted" });
    await after.close();
    assert.equal(statusOf(await rolloutJournals.read("dev", folder))?.end, "rolled back");
  });

  it("fails with a message when it cannot be written", async () => {
    const journal = await rolloutJournals.open("dev", folder);
    mkdirSync(path.join(folder, "dev.jsonl"));
    await assert.rejects(journal.add({ kind: "begun", plan }), { message: /^the journal cannot be written: EISDIR/ });
    assert.deepEqual(journal.entries, []);
    await journal.close();
  });

  for (const [work, file] of [
    ["a mesh test", "../trials/dev/lock"],
    ["an upgrade", "dev.upgrade.lock"],
  ] as const)
    it(`is not opened during ${work}, nor the other way round`, async () => {
      // the locks of mesh tests are beside the folder of the rollouts
      const rollouts = path.join(folder, "rollouts");
      const other = await Lock.acquire(path.join(rollouts, file));
      await assert.rejects(rolloutJournals.open("dev", rollouts), {
        message: new RegExp(`^${work} of stack dev is under way`),
        exitCode: 4,
      });
      await other.release();
      const journal = await rolloutJournals.open("dev", rollouts);
      await assert.rejects(refuseOtherWork(rollouts, "dev", work === "an upgrade" ? "upgrade" : "test"), {
        message: /^a rollout of stack dev is under way/,
      });
      await journal.close();
    });

  it("keeps an up of another process from changing what it measures", async () => {
    writeFileSync(path.join(folder, "dev.lock"), JSON.stringify({ pid: process.ppid, host: hostname(), id: "other" }));
    await assert.rejects(refuseDuringSteps("dev", folder), {
      message: new RegExp(`^a rollout of stack dev is under way \\(process ${process.ppid} on`),
    });
    await refuseDuringSteps("ci", folder);
  });

  it("keeps an up of another process from changing what a mesh test measures", async () => {
    const test = path.join(folder, "trials", "tested");
    const rollouts = path.join(folder, "rollouts");
    mkdirSync(test, { recursive: true });
    const lock = { pid: process.ppid, host: hostname(), id: "other" };
    writeFileSync(path.join(test, "lock"), JSON.stringify(lock));
    await assert.rejects(refuseDuringSteps("tested", rollouts), {
      message: new RegExp(`^a mesh test of stack tested is under way \\(process ${process.ppid} on .+\\); `),
      exitCode: 4,
    });
    await refuseDuringSteps("ci", rollouts);
  });

  it("belongs to one process at a time, and to the next when that has ended", async () => {
    const journal = await rolloutJournals.open("dev", folder);
    await assert.rejects(rolloutJournals.open("dev", folder), {
      message: `a rollout of stack dev is under way (process ${process.pid} on ${hostname()}); wait for it, or end it: kill ${process.pid}`,
      exitCode: 4,
    });
    await journal.close();
    writeFileSync(path.join(folder, "dev.lock"), "999999999");
    const next = await rolloutJournals.open("dev", folder);
    await next.close();
    assert.ok(!existsSync(path.join(folder, "dev.lock")));
  });
});
