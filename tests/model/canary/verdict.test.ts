import assert from "node:assert/strict";
import { type Baseline, noCounts, type RequestCounts } from "../../../model/canary/evidence";
import { counts, errors, quiet, step } from "../../support/evidence";

type Row = readonly [
  what: string,
  weight: number,
  stable: RequestCounts,
  canary: RequestCounts,
  baseline: Baseline | undefined,
  end: string,
];
const table: readonly Row[] = [
  ["nothing was measured", 5, noCounts, noCounts, undefined, "insufficient too-few-requests"],
  ["version 2 got ten requests", 5, counts(190), counts(10), undefined, "insufficient too-few-requests"],
  ["version 2 got no traffic", 5, counts(1900), noCounts, undefined, "insufficient too-few-requests"],
  ["both are healthy for long", 10, errors(27_000, 27), errors(3000, 3), undefined, "pass as-good"],
  [
    "both are healthy, for 900 requests of version 2",
    10,
    counts(8100),
    counts(900),
    undefined,
    "insufficient too-few-requests",
  ],
  ["both fail one in fifty, for long", 50, errors(20_000, 400), errors(20_000, 400), undefined, "pass as-good"],
  ["version 2 fails one in two hundred", 10, errors(27_000, 27), errors(3000, 24), undefined, "fail failures"],
  ["version 2 fails half of its first ten requests", 5, counts(190), errors(10, 5), undefined, "fail failures"],
  [
    "one request of version 2 fails early on",
    5,
    counts(190),
    errors(10, 1),
    undefined,
    "insufficient too-few-requests",
  ],
  [
    "version 2 leaves one request in fifty unanswered",
    50,
    counts(1000),
    counts(1000, { noAnswer: 20 }),
    undefined,
    "fail failures",
  ],
  [
    "version 2 answers 404 to all",
    5,
    counts(1900),
    counts(100, { clientErrors: 100 }),
    undefined,
    "fail client-errors",
  ],
  [
    "clients of both versions get the same 404s",
    50,
    counts(9000, { clientErrors: 900 }),
    counts(9000, { clientErrors: 900 }),
    undefined,
    "pass as-good",
  ],
  ["version 2 redirects everyone", 5, counts(1900), counts(100, { redirects: 100 }), undefined, "fail redirects"],
  [
    "both redirect everyone to a login",
    50,
    counts(2000, { redirects: 2000 }),
    counts(2000, { redirects: 2000 }),
    undefined,
    "pass as-good",
  ],
  ["version 2 is slow in one of three", 10, counts(1900), counts(200, { slow: 64 }), undefined, "fail slow"],
  [
    "no answer of version 2 came with its time",
    50,
    counts(5000),
    counts(5000, { slow: 0, timed: 0 }),
    undefined,
    "insufficient no-times",
  ],
  ["both fail one in five", 10, errors(1800, 360), errors(200, 40), undefined, "insufficient both-fail"],
  ["version 1 fails one in five and version 2 never", 50, errors(5000, 1000), counts(5000), undefined, "pass as-good"],
  [
    "version 1 fails one in five and version 2 one in sixteen",
    50,
    errors(5000, 1000),
    errors(5000, 312),
    undefined,
    "pass as-good",
  ],
  ["version 2 gets twice its share", 10, counts(3200), counts(800), undefined, "insufficient split"],
  ["version 2 has all traffic and is healthy", 100, noCounts, errors(2000, 2), quiet(), "pass as-good"],
  [
    "version 2 has all traffic and fails like version 1 did",
    100,
    noCounts,
    errors(20_000, 200),
    quiet(errors(20_000, 200)),
    "pass as-good",
  ],
  [
    "version 2 has all traffic and fails more than version 1 did",
    100,
    noCounts,
    errors(300, 15),
    quiet(),
    "fail failures",
  ],
  [
    "version 2 has all traffic and fails, with no baseline",
    100,
    noCounts,
    errors(3000, 150),
    undefined,
    "insufficient no-baseline",
  ],
  [
    "version 2 has all traffic and some answers of version 1 are late",
    100,
    counts(5),
    counts(5000),
    quiet(),
    "pass as-good",
  ],
  [
    "version 2 has all traffic and version 1 still answers many",
    100,
    counts(500),
    counts(5000),
    quiet(),
    "insufficient split",
  ],
  [
    "version 2 is somewhat slower under all of the load",
    100,
    noCounts,
    counts(2000, { slow: 516 }),
    quiet(),
    "pass as-good",
  ],
  ["version 2 is very slow under all of the load", 100, noCounts, counts(2000, { slow: 1200 }), quiet(), "fail slow"],
  [
    "version 2 is very slow under all of the load, with no baseline",
    100,
    noCounts,
    counts(2000, { slow: 1200 }),
    undefined,
    "insufficient no-baseline",
  ],
];

describe("the verdict on a canary", () => {
  for (const [what, weight, stable, canary, baseline, end] of table)
    it(`is ${end} when ${what}`, () => {
      const { outcome, code, reason } = step(weight, stable, canary, { baseline });
      assert.equal(`${outcome} ${code}`, end, reason);
    });

  for (const weight of [75, 90, 95, 99])
    for (const share of [0.02, 0.05, 0.1])
      it(`never passes ${share * 100} % of failing requests at a weight of ${weight}`, () => {
        for (const baseline of [undefined, quiet()])
          for (let requests = 100; requests < 100_000; requests *= 1.5) {
            const canary = Math.round((requests * weight) / 100);
            const stable = counts(Math.round(requests) - canary);
            assert.notEqual(
              step(weight, stable, errors(canary, Math.round(canary * share)), { baseline }).outcome,
              "pass",
            );
          }
      });

  it("fails a weight of 99 by the baseline within a few requests", () => {
    assert.equal(step(99, counts(5), errors(495, 25), { baseline: quiet() }).code, "failures");
  });

  it("compares version 2 with version 1 of the same window when version 1 has changed since the baseline", () => {
    const { outcome } = step(90, errors(1000, 100), errors(9000, 900), { baseline: quiet() });
    assert.equal(outcome, "insufficient");
  });

  it("names the compared values", () => {
    assert.equal(
      step(100, noCounts, errors(300, 15), { baseline: quiet() }).reason,
      "failed requests: version 2 5.0 %, version 1 0.0 % at lower weights",
    );
    assert.equal(step(5, counts(190), errors(10, 5)).reason, "failed requests: version 2 50.0 %, version 1 0.0 %");
  });
});
