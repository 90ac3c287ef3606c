import assert from "node:assert/strict";
import { baselineOf, noCounts, type RequestCounts } from "../../../model/canary/evidence";
import { requestsNeeded } from "../../../model/canary/needs";
import { judgeCanary, judgeWarmUp, progressLine } from "../../../model/canary/verdict";
import { counts, errors, quiet, thresholds } from "../../support/evidence";

describe("the verdict during a warm-up", () => {
  const warmUp = (stable: RequestCounts, canary: RequestCounts) =>
    judgeWarmUp({ measured: { stable, canary, unattributed: 0 }, weight: 5 }, thresholds).outcome;

  it("is undecided by slow answers and by a few failures", () => {
    assert.equal(warmUp(counts(380), counts(20, { slow: 20 })), "insufficient");
    assert.equal(warmUp(counts(38), counts(4, { serverErrors: 4 })), "insufficient");
    assert.equal(warmUp(counts(50_000), counts(5000)), "insufficient");
  });

  it("is fail when version 2 fails often", () => {
    assert.equal(warmUp(counts(380), counts(20, { serverErrors: 10 })), "fail");
    assert.equal(warmUp(counts(380), counts(20, { clientErrors: 20 })), "fail");
  });
});

describe("the baseline of a step", () => {
  const at = (weight: number, requests: number, unattributed = 0) => ({
    stable: counts(requests),
    canary: counts(weight),
    unattributed,
    weight,
  });

  it("is version 1 at all lower weights, and the requests without an answer at the lowest", () => {
    const measurements = [at(0, 100, 1), at(0, 100), at(25, 50, 9), at(50, 40)];
    assert.deepEqual(baselineOf(measurements, 50), {
      stable: counts(250, { slow: 25 }),
      lowest: { weight: 0, requests: 201, unattributed: 1 },
    });
    assert.equal(baselineOf(measurements, 0), undefined);
  });
});

describe("the requests that a step needs", () => {
  it("grow with less weight and with more errors of version 1", () => {
    const clean = counts(10_000);
    assert.deepEqual(
      [50, 25, 5, 1].map((weight) => Math.round(requestsNeeded(weight, clean, thresholds) / 1000)),
      [2, 3, 16, 82],
    );
    assert.ok(requestsNeeded(5, errors(10_000, 200), thresholds) > 100_000);
    // too few answers of version 1 to know yet what is slow
    assert.ok(requestsNeeded(100, counts(598, { slow: 0, timed: 0 }), thresholds) < 2000);
    assert.ok(requestsNeeded(5, undefined, thresholds) >= requestsNeeded(50, undefined, thresholds));
  });
});

describe("the line on a step that is not decided", () => {
  it("shows the number of requests and the reason why they do not decide", () => {
    const measured = { stable: errors(190, 1), canary: counts(10), unattributed: 2 };
    const verdict = judgeCanary({ measured, weight: 5 }, thresholds);
    assert.equal(
      progressLine({ measured, weight: 5 }, verdict),
      "weight 5 %: 202 requests, 2 without an answer, 5.0 % of them to version 2, failed 0.0 %, version 1 0.5 %; 2 requests got no answer that shows a version; up to 2 may have been version 2's",
    );
  });

  it("shows no rate of version 1 when version 2 has all traffic", () => {
    const measured = { stable: noCounts, canary: errors(1806, 22), unattributed: 0 };
    const step = { measured, weight: 100, baseline: quiet(errors(10_000, 110)) };
    assert.equal(
      progressLine(step, judgeCanary(step, thresholds)),
      "weight 100 %: 1806 requests, 100.0 % of them to version 2, failed 1.2 %; failed requests: version 2 1.2 %, version 1 1.1 % at lower weights; 1806 requests of version 2 do not decide yet",
    );
  });
});
