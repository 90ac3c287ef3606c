import assert from "node:assert/strict";
import fc from "fast-check";
import {
  addMeasurements,
  type Baseline,
  baselineOf,
  type Counts,
  noCounts,
  noMeasurement,
} from "../../model/canary/evidence";
import { requestsNeeded } from "../../model/canary/needs";
import { OverdueSinceFirst } from "../../model/canary/overdue";
import { judge, judgeWarmUp, progressLine, rules, type StepEvidence } from "../../model/canary/verdict";

const counts = (requests: number, more: Partial<Counts> = {}): Counts => ({
  ...noCounts,
  requests,
  slow: Math.round(requests / 10),
  timed: requests,
  ...more,
});
const errors = (requests: number, serverErrors: number): Counts => counts(requests, { serverErrors });
const thresholds = rules([5, 25, 50, 100]);

/** Version 1 before the rollout, with nothing wrong unless said otherwise. */
const quiet = (stable: Counts = counts(20_000), unattributed = 0): Baseline => ({
  stable,
  lowest: { weight: 0, requests: stable.requests + unattributed, unattributed },
});
const step = (weight: number, stable: Counts, canary: Counts, more: Partial<StepEvidence> = {}, unattributed = 0) =>
  judge({ measured: { stable, canary, unattributed }, weight, ...more }, thresholds);

type Row = readonly [
  what: string,
  weight: number,
  stable: Counts,
  canary: Counts,
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

  it("holds version 2 to what version 1 does now when that is not what it did before", () => {
    const { outcome } = step(90, errors(1000, 100), errors(9000, 900), { baseline: quiet() });
    assert.equal(outcome, "insufficient");
  });

  it("says what was compared", () => {
    assert.equal(
      step(100, noCounts, errors(300, 15), { baseline: quiet() }).reason,
      "failed requests: version 2 5.0 %, version 1 0.0 % at lower weights",
    );
    assert.equal(step(5, counts(190), errors(10, 5)).reason, "failed requests: version 2 50.0 %, version 1 0.0 %");
  });
});

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
    judge(
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

describe("the verdict during a warm-up", () => {
  const warmUp = (stable: Counts, canary: Counts) =>
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

describe("every verdict", () => {
  const weight = fc.integer({ min: 1, max: 100 });
  const versions = fc.record({
    requests: fc.integer({ min: 1, max: 40_000 }),
    weight,
    stableRate: fc.constantFrom(0, 0.001, 0.01, 0.05, 0.3),
    canaryRate: fc.constantFrom<number[]>(0, 0.001, 0.01, 0.02, 0.1),
    unattributed: fc.constantFrom(0, 0, 1, 20, 200),
    baseline: fc.option(
      fc.record({ requests: fc.integer({ min: 1, max: 50_000 }), rate: fc.constantFrom<number[]>(0, 0.001, 0.05) }),
      { nil: undefined },
    ),
    name: fc.constantFrom("serverErrors", "noAnswer", "clientErrors", "redirects", "slow"),
  });
  type Case = typeof versions extends fc.Arbitrary<infer Value> ? Value : never;

  const evidence = ({ requests, weight, stableRate, canaryRate, unattributed, baseline, name }: Case): StepEvidence => {
    const canary = Math.round((requests * weight) / 100);
    const stable = weight === 100 ? 0 : requests - canary;
    const sample = (n: number, rate: number) => counts(n, { [name]: Math.round(n * rate) });
    return {
      measured: { stable: sample(stable, stableRate), canary: sample(canary, canaryRate), unattributed },
      weight,
      baseline: baseline && quiet(sample(baseline.requests, baseline.rate)),
    };
  };
  const rank = { pass: 2, insufficient: 1, fail: 0 };

  it("is no better when more requests of version 2 fail", () => {
    fc.assert(
      fc.property(versions, fc.integer({ min: 1, max: 50 }), (versions, more) => {
        const first = evidence(versions);
        const { canary } = first.measured;
        const hits = canary[versions.name as keyof Counts];
        fc.pre(hits + more <= canary.requests);
        const second = { ...first.measured, canary: { ...canary, [versions.name]: hits + more } };
        const [less, worse] = [first, { ...first, measured: second }].map((step) => judge(step, thresholds));
        assert.ok(less && worse && rank[worse.outcome] <= rank[less.outcome]);
      }),
      { numRuns: 1000 },
    );
  });

  it("is no pass that more requests without an answer would bring", () => {
    const rising = fc
      .uniqueArray(fc.integer({ min: 0, max: 20_000 }), { minLength: 2, maxLength: 12 })
      .map((numbers) => numbers.sort((a, b) => a - b));
    const lost = fc.constantFrom(0, 0, 0.002, 0.02, 0.2);
    const missing = fc.record({ unattributed: rising, lost, lowestWeight: fc.constantFrom(0, 0, 1, 22) });
    const large = versions.chain((one) =>
      fc.constantFrom(1, 25).map((by) => ({ ...one, requests: one.requests * by })),
    );
    fc.assert(
      fc.property(large, missing, (versions, { unattributed, lost, lowestWeight }) => {
        const { measured, weight, baseline } = evidence(versions);
        const { stable, canary } = measured;
        // version 2 answers fewer requests than it gets
        const answered = Object.fromEntries(
          Object.entries(canary).map(([name, count]) => [name, Math.round(count * (1 - lost))]),
        ) as unknown as Counts;
        const outcomes = unattributed.map(
          (unattributed) =>
            judge(
              {
                measured: { stable, canary: answered, unattributed },
                weight,
                baseline: baseline && { ...baseline, lowest: { ...baseline.lowest, weight: lowestWeight } },
              },
              thresholds,
            ).outcome,
        );
        const first = outcomes.findIndex((outcome) => outcome !== "pass");
        if (first >= 0) assert.ok(!outcomes.slice(first).includes("pass"), outcomes.join());
      }),
      {
        numRuns: 1000,
        examples: [
          // they were counted as requests without a 4xx
          [
            {
              ...{ requests: 32_950, weight: 1, stableRate: 0.3, canaryRate: 0, unattributed: 0 },
              ...{ baseline: { requests: 8034, rate: 0 }, name: "serverErrors" },
            },
            { unattributed: [20, 71], lost: 0, lowestWeight: 0 },
          ],
          // so many that version 1 must have lost some too, and still less than a point of version 2's
          [
            {
              ...{ requests: 953_773, weight: 39, stableRate: 0.05, canaryRate: 0.05, unattributed: 0 },
              ...{ baseline: { requests: 198_226, rate: 0.01 }, name: "noAnswer" },
            },
            { unattributed: [1319, 1650], lost: 0, lowestWeight: 22 },
          ],
          // version 2 answers less than its share, and they would be the rest
          [
            {
              ...{ requests: 40_000, weight: 90, stableRate: 0, canaryRate: 0, unattributed: 0 },
              ...{ baseline: { requests: 96, rate: 0 }, name: "serverErrors" },
            },
            { unattributed: [0, 60, 150], lost: 0.02, lowestWeight: 1 },
          ],
        ],
      },
    );
  });

  it("is no pass with fewer than 456 requests of version 2 while version 1 fails less than one in twenty", () => {
    fc.assert(
      fc.property(versions, (versions) => {
        const step = evidence(versions);
        const highest = Math.max(versions.stableRate, versions.baseline?.rate ?? 0);
        if (judge(step, thresholds).outcome === "pass")
          assert.ok(step.measured.canary.requests >= 456 || highest >= 0.05);
      }),
      {
        numRuns: 1000,
        examples: [
          [
            {
              ...{ requests: 423, weight: 95, stableRate: 0, canaryRate: 0, unattributed: 0 },
              ...{ baseline: { requests: 4029, rate: 0.05 }, name: "serverErrors" },
            },
          ],
        ],
      },
    );
  });

  it("is no pass with a rate that is a point above everything that version 1 showed", () => {
    fc.assert(
      fc.property(versions, fc.constantFrom("serverErrors", "noAnswer"), (versions, name) => {
        const highest = Math.max(versions.stableRate, versions.baseline?.rate ?? 0);
        const step = evidence({ ...versions, name, canaryRate: highest + 0.01 });
        const { canary } = step.measured;
        fc.pre(canary.requests > 0 && canary[name as "noAnswer"] / canary.requests >= highest + 0.01);
        assert.notEqual(judge(step, thresholds).outcome, "pass");
      }),
      { numRuns: 1000 },
    );
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
  it("says how much was measured and why it does not decide", () => {
    const measured = { stable: errors(190, 1), canary: counts(10), unattributed: 2 };
    const verdict = judge({ measured, weight: 5 }, thresholds);
    assert.equal(
      progressLine({ measured, weight: 5 }, verdict),
      "weight 5 %: 202 requests, 2 without an answer, 5.0 % of them to version 2, failed 0.0 %, version 1 0.5 %; 2 requests got no answer that shows a version; up to 2 may have been version 2's",
    );
  });

  it("shows no rate of version 1 when version 2 has all traffic", () => {
    const measured = { stable: noCounts, canary: errors(1806, 22), unattributed: 0 };
    const step = { measured, weight: 100, baseline: quiet(errors(10_000, 110)) };
    assert.equal(
      progressLine(step, judge(step, thresholds)),
      "weight 100 %: 1806 requests, 100.0 % of them to version 2, failed 1.2 %; failed requests: version 2 1.2 %, version 1 1.1 % at lower weights; 1806 requests of version 2 do not decide yet",
    );
  });
});
