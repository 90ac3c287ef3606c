import assert from "node:assert/strict";
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { rolloutJournals } from "../../../automation/commands/rollout/journal";
import { evidenceOf } from "../../../model/canary/journalEvidence";
import { isResumable, type RolloutEntry, statusOf } from "../../../model/canary/plan";

const measuring = /^weight 50 %: \d+ requests/m;

describe("a process that drives a rollout", function () {
  this.timeout(240_000);
  let folder = "";
  let child: ChildProcess | undefined;
  beforeEach(() => {
    folder = mkdtempSync(path.join(tmpdir(), "rollout-process-"));
  });
  afterEach(() => {
    child?.kill("SIGKILL");
    rmSync(folder, { recursive: true });
  });

  /** Starts a process and collects its output. */
  function start(action: string, env: Readonly<Record<string, string>> = {}) {
    const program = [path.resolve("launcher/run.cjs"), "tests/support/rolloutProcess", folder, action];
    const started = spawn(process.execPath, program, {
      cwd: folder,
      env: { ...process.env, ...env },
      stdio: ["ignore", "pipe", "pipe"],
    });
    child = started;
    let text = "";
    const collect = (chunk: Buffer) => {
      text += chunk;
    };
    started.stdout.on("data", collect);
    started.stderr.on("data", collect);
    const ended = once(started, "exit").then(() => text);
    return {
      started,
      ended,
      /** Waits until the output matches. */
      says: async (pattern: RegExp): Promise<void> => {
        while (!pattern.test(text)) {
          const next = await Promise.race([once(started.stdout, "data"), ended]);
          if (typeof next === "string") assert.match(next, pattern);
        }
      },
    };
  }

  const changes = () => readFileSync(path.join(folder, "changes"), "utf8").trim().split("\n");
  const entries = (): Promise<RolloutEntry[]> => rolloutJournals.read("dev", folder);

  for (const signal of ["SIGHUP", "SIGTERM", "SIGINT"] as const)
    it(`rolls back when ${signal} ends it in the middle of a step`, async () => {
      const { started, says, ended } = start("start", { ERRORS: "1" });
      await says(measuring);
      started.kill(signal);
      assert.match(await ended, /rolling back to 10 %: interrupted\n[\s\S]*^cancelled$/m);
      assert.deepEqual(changes(), ["set 50", "route 10", "set 10"]);
      assert.equal(statusOf(await entries())?.end, "cancelled");
    });

  it("rolls back when the program that reads its output ends", async () => {
    const { started, says, ended } = start("start", { ERRORS: "1" });
    await says(measuring);
    started.stdout.destroy();
    await ended;
    assert.deepEqual(changes(), ["set 50", "route 10", "set 10"]);
    assert.equal(statusOf(await entries())?.end, "cancelled");
    assert.equal(started.exitCode, 0, "not by an error of its own");
  });

  it("is resumed after a kill in the middle of a step, with what it had measured", async () => {
    const first = start("start", { ERRORS: "1" });
    await first.says(measuring);
    first.started.kill("SIGKILL");
    await first.ended;
    const killed = await entries();
    const status = statusOf(killed);
    assert.ok(status && isResumable(status) && status.end === undefined);
    assert.match(await start("resume", { ERRORS: "50" }).ended, /^rolled back$/m);
    assert.deepEqual(changes(), ["set 50", "set 50", "route 10", "set 10"]);
    const sum = (all: readonly RolloutEntry[]) => evidenceOf(all).measured.length;
    assert.ok(sum(killed) > 0 && sum(await entries()) > sum(killed));
  });

  for (const [action, hold] of [
    ["resume", "route 10"],
    ["abort", "set 10"],
  ] as const)
    it(`finishes its rollback by ${action} when it was killed at "${hold}"`, async () => {
      const first = start("start", { ERRORS: "50", HOLD: hold });
      await first.says(/^held$/m);
      first.started.kill("SIGKILL");
      await first.ended;
      const status = statusOf(await entries());
      assert.ok(status && isResumable(status));
      assert.equal(status.rollback?.to, 10);
      const before = changes();
      assert.match(await start(action, { ERRORS: "50" }).ended, /^rolled back$/m);
      assert.deepEqual(changes().slice(before.length), ["route 10", "set 10"]);
      assert.equal(statusOf(await entries())?.end, "rolled back");
    });

  it("ends as it would without a report when the report cannot be written", async () => {
    writeFileSync(path.join(folder, "report"), "a file where the folder should be");
    const text = await start("start", { ERRORS: "50" }).ended;
    assert.match(text, /^warning: this rollout will have no report: EEXIST/m);
    assert.match(text, /^warning: the report could not be written: EEXIST/m);
    assert.match(text, /^rolled back$/m);
  });
});
