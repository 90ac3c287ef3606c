import assert from "node:assert/strict";
import { addTallies, boundOf, CounterReset, delta, noTally, type Tally } from "../../../model/canary/counters";
import { noCounts } from "../../../model/canary/evidence";
import { countsOf, overdueOf, p90Bound } from "../../../model/canary/tallyCounts";

const tally = (ok: number, failed = 0, within: Tally["within"] = {}): Tally => ({
  ...noTally,
  answers: { 2: ok, 5: failed },
  within,
});
const at = (v1: Tally, v2: Tally = noTally) => ({ v1, v2 });

describe("the difference between two readings of counters", () => {
  it("is the sum of what every gateway added", () => {
    const before = new Map([["a", at(tally(100, 1, { 5: 90 }), tally(10))]]);
    const after = new Map([
      ["a", at(tally(150, 3, { 5: 130 }), tally(20, 4))],
      ["b", at(tally(7))],
    ]);
    assert.deepEqual(delta(before, after), { v1: tally(57, 2, { 5: 40 }), v2: tally(10, 4) });
  });

  it("is no evidence when a gateway counts less than before, or is gone", () => {
    const before = new Map([["gateway a", at(tally(100), { ...tally(10), cutOff: 3 })]]);
    assert.throws(() => delta(before, new Map([["gateway a", at(tally(3), tally(10))]])), {
      name: "CounterReset",
      message: "gateway a counts anew: 3 answers of v1, 100 before",
    });
    assert.throws(() => delta(before, new Map([["gateway a", at(tally(100), tally(10))]])), { name: "CounterReset" });
    assert.throws(() => delta(before, new Map()), new CounterReset("gateway a is gone"));
  });

  it("counts a response as slow above the 90th percentile, and none whose duration is unknown", () => {
    const stable = tally(100, 0, { "1": 10, "5": 89, "10": 95, "25": 99, "+Inf": 100 });
    assert.equal(p90Bound(stable), 10);
    assert.equal(p90Bound(tally(9, 0, { "1": 9, "+Inf": 9 })), undefined);
    assert.deepEqual(countsOf(stable, 10), { ...noCounts, requests: 100, slow: 5, timed: 100 });
    assert.deepEqual(countsOf(tally(40), 10), { ...noCounts, requests: 40 });
    assert.deepEqual(countsOf(stable, undefined), { ...noCounts, requests: 100 });
  });

  it("counts each class, and a request that a client gave up as one without an answer", () => {
    const mixed = { ...noTally, answers: { 2: 80, 3: 5, 4: 7, 5: 8 }, aborted: 12, timeouts: 2, cutOff: 3 };
    assert.deepEqual(countsOf(mixed, undefined), {
      ...noCounts,
      requests: 110,
      redirects: 5,
      clientErrors: 7,
      serverErrors: 8,
      noAnswer: 13,
    });
  });

  it("counts a request once when the version resets its stream before or after its status", () => {
    const before = { ...noTally, answers: { 2: 90, 5: 10 }, resetsReceived: 10 };
    assert.deepEqual(countsOf(before, undefined), { ...noCounts, requests: 100, serverErrors: 10 });
    const after = { ...noTally, answers: { 2: 100 }, resetsReceived: 10 };
    assert.deepEqual(countsOf(after, undefined), { ...noCounts, requests: 100, noAnswer: 10 });
  });

  it("counts a request once when its client gives up, whether its stream or its connection ends", () => {
    for (const ends of [{ aborted: 4 }, { resetsSent: 4 }, { aborted: 4, resetsSent: 4 }])
      assert.deepEqual(countsOf({ ...noTally, answers: { 2: 96 }, ...ends }, undefined), {
        ...noCounts,
        requests: 100,
        noAnswer: 4,
      });
  });

  it("counts the requests that were under way at both readings as overdue", () => {
    const waiting = (active: number) => new Map([["a", at({ ...noTally, active })]]);
    assert.equal(delta(waiting(9), waiting(4)).v1.active, 4);
    assert.equal(delta(waiting(2), waiting(40)).v1.active, 2);
    assert.equal(delta(new Map(), waiting(40)).v1.active, 0);
  });

  it("counts fewer requests as overdue when answers usually take long", () => {
    assert.equal(overdueOf({ ...noTally, active: 30 }, 10), 30);
    // 500 answers of 400 ms in 10 s keep 20 requests under way
    assert.equal(overdueOf({ ...noTally, active: 30, milliseconds: 200_000 }, 10), 0);
    assert.equal(overdueOf({ ...noTally, active: 60, milliseconds: 200_000 }, 10), 22);
  });

  it("is the same in any order of the gateways", () => {
    const [a, b] = [tally(1, 1, { 1: 1 }), tally(2, 0, { 5: 2 })];
    assert.deepEqual(addTallies(a, b), addTallies(b, a));
  });

  it("has the same bounds in Prometheus 2 and 3", () => {
    assert.deepEqual(["5", "5.0", "2500.0", "0.5", "+Inf"].map(boundOf), ["5", "5", "2500", "0.5", "+Inf"]);
  });
});
