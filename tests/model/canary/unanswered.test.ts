import assert from "node:assert/strict";
import { addMeasurements, type Baseline, noCounts, noMeasurement } from "../../../model/canary/evidence";
import { OverdueSinceFirst } from "../../../model/canary/overdue";
import { judgeCanary } from "../../../model/canary/verdict";
import { counts, errors, quiet, step, thresholds } from "../../support/evidence";

describe("requests without an answer and a known version", () => {
  it("are charged to version 2 in the share of its weight, so that they prevent a pass", () => {
    const { outcome, code, reason } = step(50, counts(5000), counts(5000), {}, 200);
    assert.deepEqual([outcome, code], ["insufficient", "unattributed"]);
    assert.match(reason, /^200 requests got no answer/);
  });

  it("fail version 2 when version 1 answered before", () => {
    assert.equal(step(50, counts(960), counts(960), { baseline: quiet() }, 80).code, "unanswered");
    assert.equal(step(5, counts(3800), counts(180), { baseline: quiet() }, 20).code, "unanswered");
  });

  it("fail version 2 when they become more frequent with its weight, also when it had some weight before", () => {
    const baseline: Baseline = {
      stable: counts(750),
      lowest: { weight: 10, requests: 840, unattributed: 8 },
    };
    const { outcome, code, reason } = step(50, counts(786), counts(711), { baseline }, 67);
    assert.deepEqual([outcome, code], ["fail", "unanswered"]);
    assert.equal(reason, "requests without an answer: 4.3 % at a weight of 50 %, 1.0 % at 10 %");
  });

  it("do not fail version 2 when both versions begin to leave requests unanswered", () => {
    assert.notEqual(step(5, counts(8_550), counts(450), { baseline: quiet() }, 1000).outcome, "fail");
  });

  it("do not fail version 2 while version 1 fails far more often in another way", () => {
    assert.equal(step(54, errors(605, 180), counts(711), { baseline: quiet(counts(800)) }, 20).outcome, "pass");
  });

  it("are version 2's at 100 %", () => {
    assert.equal(step(100, noCounts, counts(900), { baseline: quiet() }, 100).code, "failures");
    assert.equal(step(100, noCounts, counts(900), {}, 100).outcome, "insufficient");
  });

  it("do not fail version 2 when there were as many before it got traffic", () => {
    const baseline = quiet(counts(20_000), 200);
    for (const weight of [5, 50, 95, 100]) {
      const [stable, canary] = [100 - weight, weight].map((share) => counts(share * 200));
      assert.ok(stable && canary);
      assert.notEqual(step(weight, stable, canary, { baseline }, 200).outcome, "fail", `${weight}`);
    }
  });

  it("decide nothing when one of thousands is lost", () => {
    assert.equal(step(50, counts(5000), counts(5000), { baseline: quiet() }, 1).outcome, "pass");
  });
});

describe("requests that are overdue", () => {
  const overdue = (stable: number, canary: number) =>
    judgeCanary(
      {
        measured: { stable: counts(5000), canary: counts(5000), unattributed: 0, overdue: { stable, canary } },
        weight: 50,
      },
      thresholds,
    ).outcome;

  it("count against the version that does not answer them", () => {
    assert.equal(overdue(0, 0), "pass");
    assert.equal(overdue(0, 80), "fail");
    assert.notEqual(overdue(0, 5), "fail");
    assert.equal(overdue(80, 80), "insufficient");
  });

  it("are those of the last window, since the ones before have ended", () => {
    const at = (canary: number) => ({ ...noMeasurement, overdue: { stable: 0, canary } });
    assert.deepEqual(addMeasurements(at(9), at(4)).overdue, { stable: 0, canary: 4 });
    assert.equal(addMeasurements(at(9), noMeasurement).overdue, undefined);
  });

  it("do not count when they began before the first window, such as WebSockets of version 1", () => {
    const since = new OverdueSinceFirst();
    const waiting = (stable: number, canary: number) =>
      since.of({ ...noMeasurement, overdue: { stable, canary } }).overdue;
    assert.equal(waiting(1000, 2), undefined);
    assert.deepEqual(waiting(990, 12), { stable: 0, canary: 10 });
    assert.equal(since.of(noMeasurement).overdue, undefined);
    const hanging = new OverdueSinceFirst();
    assert.equal(hanging.of(noMeasurement).overdue, undefined);
    assert.deepEqual(hanging.of({ ...noMeasurement, overdue: { stable: 0, canary: 30 } }).overdue?.canary, 30);
  });
});
