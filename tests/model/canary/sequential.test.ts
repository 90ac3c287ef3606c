import assert from "node:assert/strict";
import fc from "fast-check";
import { bandOf, evidenceAgainst, shareEvidence, surelyAbove, surelyBelow } from "../../../model/canary/sequential";
import { binomialDraws } from "../../../simulation/draw";

const risk = 0.001;

describe("the band of a rate", () => {
  it("is everything without a request, and narrows with more", () => {
    assert.deepEqual(bandOf(0, 0, risk), { low: 0, high: 1 });
    const [few, many] = [bandOf(10, 100, risk), bandOf(1000, 10_000, risk)];
    assert.ok(few.low < many.low && many.high < few.high);
    assert.ok(many.low > 0.08 && many.high < 0.12);
  });

  it("contains the measured rate and is wider for a smaller risk", () => {
    const sample = fc.tuple(fc.integer({ min: 1, max: 5000 }), fc.double({ min: 0, max: 1, noNaN: true }));
    fc.assert(
      fc.property(sample, ([n, share]) => {
        const hits = Math.round(n * share);
        const [narrow, wide] = [bandOf(hits, n, 0.01), bandOf(hits, n, 0.0001)];
        assert.ok(wide.low <= narrow.low && narrow.low <= hits / n && hits / n <= narrow.high);
        assert.ok(narrow.high <= wide.high);
      }),
    );
  });

  it("ends at the limits that the rate is surely below or above", () => {
    const { low, high } = bandOf(20, 4000, risk);
    assert.ok(surelyBelow(20, 4000, high + 1e-5, risk) && !surelyBelow(20, 4000, high - 1e-5, risk));
    assert.ok(surelyAbove(20, 4000, low - 1e-5, risk) && !surelyAbove(20, 4000, low + 1e-5, risk));
  });

  it("is below one in a hundred after 936 requests without a hit, and never by fewer", () => {
    assert.ok(surelyBelow(0, 936, 0.01, 0.0005));
    assert.ok(!surelyBelow(0, 935, 0.01, 0.0005));
  });
});

describe("a test after every twenty requests", function () {
  this.timeout(30_000);

  const draw = binomialDraws(1);

  /** Share of series in which the evidence exceeds the risk's bound at any look. */
  function wrong(series: number, evidence: () => () => number, bound: number): number {
    let count = 0;
    for (let i = 0; i < series; i++) {
      const look = evidence();
      for (let looks = 0; looks < 200; looks++)
        if (look() >= -Math.log(bound)) {
          count++;
          break;
        }
    }
    return count / series;
  }

  for (const rate of [0.002, 0.02, 0.3])
    it(`takes a rate of ${rate} for another rate in at most 5 % of series`, () => {
      const share = wrong(
        1000,
        () => {
          let [hits, n] = [0, 0];
          return () => {
            hits += draw(20, rate);
            n += 20;
            return evidenceAgainst(hits, n, rate);
          };
        },
        0.05,
      );
      assert.ok(share <= 0.065, `${share}`);
    });

  for (const rate of [0.002, 0.02, 0.3])
    it(`takes one of two versions with a rate of ${rate} for worse in at most 5 % of series`, () => {
      const share = wrong(
        1000,
        () => {
          const [stable, canary] = [
            { hits: 0, n: 0 },
            { hits: 0, n: 0 },
          ];
          return () => {
            stable.hits += draw(180, rate);
            stable.n += 180;
            canary.hits += draw(20, rate);
            canary.n += 20;
            return shareEvidence(stable, canary);
          };
        },
        0.05,
      );
      assert.ok(share <= 0.065, `${share}`);
    });
});
