import assert from "node:assert/strict";
import fc from "fast-check";
import type { RequestCounts } from "../../../model/canary/evidence";
import { judgeCanary, type StepEvidence } from "../../../model/canary/verdict";
import { counts, quiet, thresholds } from "../../support/evidence";

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
        const hits = canary[versions.name as keyof RequestCounts];
        fc.pre(hits + more <= canary.requests);
        const second = { ...first.measured, canary: { ...canary, [versions.name]: hits + more } };
        const [less, worse] = [first, { ...first, measured: second }].map((step) => judgeCanary(step, thresholds));
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
        ) as unknown as RequestCounts;
        const outcomes = unattributed.map(
          (unattributed) =>
            judgeCanary(
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
        if (judgeCanary(step, thresholds).outcome === "pass")
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
        assert.notEqual(judgeCanary(step, thresholds).outcome, "pass");
      }),
      { numRuns: 1000 },
    );
  });
});
