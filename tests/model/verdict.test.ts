import assert from "node:assert/strict";
import fc from "fast-check";
import { type Counts, noCounts } from "../../model/canary/evidence";
import { besides, sprt } from "../../model/canary/sequential";
import { judge as judgeStep, type Rules, rules } from "../../model/canary/verdict";

const counts = (requests: number, errors = 0, slow = Math.round(requests / 10)): Counts => ({
  ...noCounts,
  requests,
  serverErrors: errors,
  slow,
  timed: requests,
});
const held = rules(4);
const judge = ({ stable, canary, weight }: { stable: Counts; canary: Counts; weight: number }, rules: Rules) =>
  judgeStep({ measured: { stable, canary, unattributed: 0 }, weight }, rules);

const table: readonly (readonly [string, Counts, Counts, number, string])[] = [
  ["nothing at all was asked", counts(0), counts(0), 5, "insufficient"],
  ["the canary was asked ten times", counts(190), counts(10), 5, "insufficient"],
  ["the canary got no traffic", counts(2000), counts(0), 5, "insufficient"],
  ["both are healthy for long", counts(27_000, 27), counts(3000, 3), 10, "pass"],
  ["both are healthy, and the canary was asked a thousand times", counts(9000, 9), counts(1000, 1), 10, "insufficient"],
  ["the canary fails one in two hundred", counts(27_000, 27), counts(3000, 24), 10, "fail"],
  ["the canary fails every second at first", counts(190), counts(10, 5), 5, "fail"],
  ["the canary fails one in twenty", counts(1900, 2), counts(200, 10), 10, "fail"],
  ["the canary fails every second", counts(380), counts(20, 10), 5, "fail"],
  ["the canary is slow in one of three", counts(1900, 2, 190), counts(200, 0, 64), 10, "fail"],
  ["both fail one in five", counts(1800, 360), counts(200, 40), 10, "insufficient"],
  ["the canary gets twice its share", counts(3200, 3), counts(800, 1), 10, "insufficient"],
  ["the canary stands alone and is healthy", counts(0), counts(2000, 2), 100, "pass"],
  ["the canary stands alone and fails", counts(0), counts(300, 15), 100, "fail"],
  [
    "the canary stands alone and is somewhat slower under all of the load",
    counts(0),
    counts(2000, 0, 516),
    100,
    "pass",
  ],
  ["the canary stands alone and is slow", counts(0), counts(2000, 0, 900), 100, "insufficient"],
  [
    "the canary stands alone, and the stable version's last seconds are counted late",
    { ...counts(0), slow: 20, timed: 1000 },
    counts(2000, 0, 900),
    100,
    "insufficient",
  ],
];

describe("the verdict on a canary", () => {
  for (const [what, stable, canary, weight, outcome] of table)
    it(`is ${outcome} when ${what}`, () => {
      assert.equal(judge({ stable, canary, weight }, held).outcome, outcome);
    });

  it("never is pass without at least a hundred requests of the canary", () => {
    const window = fc.record({
      stable: fc.nat(5000),
      requests: fc.nat(100),
      errors: fc.nat(5),
      weight: fc.integer({ min: 1, max: 100 }),
    });
    fc.assert(
      fc.property(window, ({ stable, requests, errors, weight }) => {
        const canary = counts(requests, Math.min(errors, requests));
        assert.notEqual(judge({ stable: counts(stable), canary, weight }, held).outcome, "pass");
      }),
    );
  });

  it("does not get better by more errors", () => {
    const rank = { pass: 2, insufficient: 1, fail: 0 };
    fc.assert(
      fc.property(fc.integer({ min: 50, max: 1900 }), fc.nat(40), fc.nat(10), (requests, errors, more) => {
        const at = (failed: number) =>
          rank[
            judge({ stable: counts(requests), canary: counts(requests, Math.min(failed, requests)), weight: 50 }, held)
              .outcome
          ];
        assert.ok(at(errors + more) <= at(errors));
      }),
    );
  });

  it("is not fail by a single error early on, whatever the stable version did", () => {
    for (const requests of [1, 5, 10, 50])
      assert.notEqual(judge({ stable: counts(1000), canary: counts(requests, 1), weight: 5 }, held).outcome, "fail");
  });
});

describe("the sequential test", () => {
  const risks = { alpha: 0.01, beta: 0.001 };

  it("decides by evidence on either side and by nothing in between", () => {
    const rates = { good: 0.01, bad: 0.05 };
    assert.equal(sprt(0, 10, rates, risks), "undecided");
    assert.equal(sprt(0, 400, rates, risks), "good");
    assert.equal(sprt(20, 200, rates, risks), "bad");
  });

  it("takes a stable version that was hardly measured as a wide measure", () => {
    assert.ok(besides(0, 10, 0.01, 0.002).good > besides(0, 1000, 0.01, 0.002).good);
    assert.equal(besides(0, 1_000_000, 0.01, 0.002).good, 0.002);
  });
});
