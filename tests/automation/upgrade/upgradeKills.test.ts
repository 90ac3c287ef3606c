import assert from "node:assert/strict";
import { statusOf, type UpgradeEnd } from "../../../model/upgrade/journal";
import type { StepName } from "../../../model/upgrade/plan";
import { controllerOf, FakeJournal, FakeUpgrade, goOnWith } from "../../support/fakeUpgrade";

const plan = { from: "1.30.3", to: "1.31.4" };
const { signal } = new AbortController();

describe("an upgrade of Istio whose process is killed", () => {
  let target: FakeUpgrade;
  let journal: FakeJournal;
  const status = () => statusOf(journal.entries);
  const isOld = () => assert.deepEqual(target.config, { istioVersion: plan.from });
  const isNew = () => assert.deepEqual(target.config, { istioVersion: plan.to });

  /**
   * Kills the process at one moment after another: behind each line of the journal, and in each change. Then goes on by a
   * word in a new process. Returns the number of kills.
   */
  async function afterEachKill(
    word: "resume" | "abort",
    problemAt: StepName | undefined,
    check: (end: UpgradeEnd) => void,
  ) {
    for (let kills = 0; ; kills++) {
      target = new FakeUpgrade(plan);
      journal = new FakeJournal();
      await journal.add({ kind: "begun", plan });
      target.problemAt = problemAt;
      let moments = 0;
      const killed = new Promise<"killed">((resolve) => {
        const moment = () => {
          if (moments++ < kills) return undefined;
          resolve("killed");
          // a process that is gone does nothing more
          return new Promise<never>(() => {});
        };
        journal.written = moment;
        target.fault = moment;
      });
      if ((await Promise.race([controllerOf(target, journal, signal).run(), killed])) !== "killed") return kills;
      target.fault = () => {};
      const later = await goOnWith(target, journal, word, signal);
      journal = later.journal;
      check(later.end);
    }
  }

  it("ends new after a kill at any moment and resume", async () => {
    const kills = await afterEachKill("resume", undefined, (end) => {
      assert.equal(end, "upgraded");
      isNew();
      assert.deepEqual(target.callers, []);
    });
    assert.ok(kills > 25, `${kills} kills`);
  });

  it("ends old after a kill at any moment and abort, but in the last step", async () => {
    await afterEachKill("abort", undefined, (end) => {
      if (status()?.isFinishing) return assert.equal(end, "paused");
      assert.equal(end, "taken back");
      isOld();
    });
  });

  it("finishes a way back after a kill at any moment of it, and never goes forward again", async () => {
    await afterEachKill("resume", "default", (end) => {
      assert.equal(end, "taken back");
      assert.ok(!target.done.includes("finish"));
      isOld();
    });
  });
});
