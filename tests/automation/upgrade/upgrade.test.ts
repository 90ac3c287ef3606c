import assert from "node:assert/strict";
import { exitCodes, OperationFailed } from "../../../host/failure";
import { statusOf, type UpgradeEnd } from "../../../model/upgrade/journal";
import { type StepName, upgradeSteps } from "../../../model/upgrade/plan";
import { controllerOf, FakeJournal, FakeUpgrade, goOnWith, fakePace as pace } from "../../support/fakeUpgrade";

const plan = { from: "1.30.3", to: "1.31.4" };
const names = upgradeSteps.map(({ name }) => name);
/** Steps that can be taken back. */
const reversible = names.filter((name) => name !== "finish");

describe("an upgrade of Istio", () => {
  let target: FakeUpgrade;
  let journal: FakeJournal;
  let cancel: AbortController;
  let lines: string[];
  beforeEach(async () => {
    target = new FakeUpgrade(plan);
    journal = new FakeJournal();
    cancel = new AbortController();
    lines = [];
    await journal.add({ kind: "begun", plan });
  });

  const controller = (pauseBefore?: StepName) =>
    controllerOf(target, journal, cancel.signal, pauseBefore, (line) => lines.push(line));
  const status = () => statusOf(journal.entries);
  const isOld = () => assert.deepEqual(target.config, { istioVersion: plan.from });
  const isNew = () => assert.deepEqual(target.config, { istioVersion: plan.to });
  async function goOn(word: "resume" | "abort"): Promise<UpgradeEnd> {
    const later = await goOnWith(target, journal, word, cancel.signal);
    journal = later.journal;
    return later.end;
  }

  it("runs the steps in order, and measures each of them", async () => {
    assert.equal(await controller().run(), "upgraded");
    assert.deepEqual(target.done, names);
    assert.deepEqual(journal.phases(), ["before", ...names]);
    isNew();
  });

  it("has the proxies by version with each verdict", async () => {
    await controller().run();
    const proxies = journal.entries.flatMap((entry) => (entry.kind === "verdict" ? [entry.proxies] : []));
    assert.deepEqual(proxies[names.indexOf("gateway")], { [plan.from]: 2, [plan.to]: 1 });
  });

  for (const name of reversible) {
    it(`goes back by itself if pulumi fails in the step ${name}, and leaves the old control plane alone`, async () => {
      target.fault = (change) => {
        if (change === name) throw new Error("the up failed");
      };
      assert.equal(await controller().run(), "taken back");
      assert.match(status()?.reason ?? "", /the up failed/);
      isOld();
      assert.deepEqual(target.callers, []);
    });

    it(`goes back by itself if the step ${name} has no effect`, async () => {
      target.problemAt = name;
      assert.equal(await controller().run(), "taken back");
      assert.equal(status()?.reason, "not on it");
      isOld();
    });
  }

  it("goes back one stage after the other, and measures that too", async () => {
    target.problemAt = "default";
    await controller().run();
    assert.deepEqual(target.done.slice(-4), ["back to app", "back to gateway", "back to istiod", "without next"]);
    assert.ok(journal.phases().includes("back"));
  });

  it("goes back if requests fail", async () => {
    target.failing = 10;
    assert.equal(await controller().run(), "taken back");
    assert.match(status()?.reason ?? "", /^failed requests: [1-9]\d* of \d+ through the ingress gateway, [1-9]/);
    assert.ok(!target.done.includes("app"));
    isOld();
  });

  it("does not begin if requests fail already", async () => {
    target.window = async () => {
      const failed = {
        requests: 1000,
        serverErrors: 500,
        clientErrors: 0,
        redirects: 0,
        noAnswer: 0,
        slow: 0,
        timed: 0,
      };
      return { ingress: failed, mesh: failed };
    };
    assert.equal(await controller().run(), "paused");
    assert.deepEqual(target.done, []);
  });

  it("pauses if a step cannot be decided, and can be resumed", async () => {
    const { window } = target;
    let quiet = true;
    target.window = async () => {
      const { ingress, mesh } = await window();
      return quiet && target.done.includes("app")
        ? { ingress, mesh: { ...mesh, requests: 1, timed: 1 } }
        : { ingress, mesh };
    };
    assert.equal(await controller().run(), "paused");
    assert.match(status()?.reason ?? "", /^in the step app: /);
    quiet = false;
    assert.equal(await goOn("resume"), "upgraded");
    isNew();
  });

  it("pauses before the step that a user names, and before one that has an obstacle", async () => {
    assert.equal(await controller("app").run(), "paused");
    assert.ok(!target.done.includes("app"));
    target.obstacleAt = "finish";
    assert.equal(await goOn("resume"), "paused");
    assert.equal(status()?.reason, "before the step finish: pods are old");
    assert.deepEqual(target.versions.istiods, [plan.from, plan.to]);
    target.obstacleAt = undefined;
    assert.equal(await goOn("resume"), "upgraded");
  });

  it("pauses while another operation has the stack, and does not go back", async () => {
    target.fault = () => {
      throw new OperationFailed("another operation is under way", exitCodes.environment);
    };
    assert.equal(await controller().run(), "paused");
    assert.deepEqual(target.done, ["crds"]);
  });

  it("stops at an interrupt, and can be resumed or aborted", async () => {
    for (const word of ["resume", "abort"] as const) {
      target.fault = (change) => {
        if (change === "gateway") cancel.abort();
      };
      assert.equal(await controller().run(), "interrupted");
      assert.deepEqual(target.versions.istiods, [plan.from, plan.to]);
      cancel = new AbortController();
      target.fault = () => {};
      assert.equal(await goOn(word), word === "resume" ? "upgraded" : "taken back");
      if (word === "resume") target.config["istioVersion"] = plan.from;
      journal.entries = journal.entries.slice(0, 1);
      target.done.length = 0;
    }
  });

  it("goes back if the disk is full, without the disk", async () => {
    journal.fault = (event) => {
      if (event.kind === "step" && event.step === "gateway") full = true;
      if (full) throw new Error("no space left on device");
    };
    let full = false;
    assert.equal(await controller().run(), "taken back");
    isOld();
  });

  it("reports that it could not be taken back, and tries it again with abort", async () => {
    target.problemAt = "app";
    target.fault = (change) => {
      if (change.startsWith("back")) throw new Error("no answer");
    };
    assert.equal(await controller().run(), "not taken back");
    assert.equal(target.done.filter((change) => change === "back to gateway").length, pace.attempts);
    target.fault = () => {};
    assert.equal(await goOn("resume"), "taken back");
    isOld();
  });

  it("never goes back from the step that removes the old control plane", async () => {
    target.fault = (change) => {
      if (change === "finish") throw new Error("the up failed");
    };
    assert.equal(await controller().run(), "paused");
    assert.equal(await goOn("abort"), "paused");
    assert.ok(!target.done.some((change) => change.startsWith("back") || change.startsWith("without")));
    target.fault = () => {};
    assert.equal(await goOn("resume"), "upgraded");
    isNew();
  });
});
