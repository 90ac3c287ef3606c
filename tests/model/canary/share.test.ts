import assert from "node:assert/strict";
import fc from "fast-check";
import { binomialBand, drawsToSeeAll, wilsonInterval } from "../../../model/canary/share";

describe("a share", () => {
  for (const [n, p, low, high] of [
    [2000, 0.1, 157, 245],
    [2000, 0.25, 437, 565],
    [10, 0.1, 0, 5],
    [100, 0, 0, 0],
    [100, 1, 100, 100],
  ] as const)
    it(`of ${p} lies between ${low} and ${high} of ${n} requests in 99.9 % of runs`, () => {
      assert.deepEqual(binomialBand(n, p), { low, high });
    });

  it("has a band around its expectation that grows with confidence", () => {
    const cases = fc.record({
      n: fc.integer({ min: 1, max: 3000 }),
      p: fc.double({ min: 0.001, max: 0.999, noNaN: true }),
    });
    fc.assert(
      fc.property(cases, ({ n, p }) => {
        const [narrow, wide] = [binomialBand(n, p, 0.9), binomialBand(n, p, 0.999)];
        assert.ok(wide.low <= narrow.low && narrow.high <= wide.high);
        assert.ok(narrow.low <= Math.ceil(n * p) && narrow.high >= Math.floor(n * p));
      }),
    );
  });

  it("is unknown without a request, and not certain after one", () => {
    assert.deepEqual(wilsonInterval(0, 0), [0, 1]);
    const [low, high] = wilsonInterval(1, 1);
    assert.ok(low > 0 && low < 0.3 && high === 1);
    const [from, to] = wilsonInterval(200, 2000);
    assert.deepEqual([from.toFixed(4), to.toFixed(4)], ["0.0876", "0.1139"]);
  });

  it("is drawn from each gateway after so many draws, in all but one of ten thousand runs", () => {
    assert.equal(drawsToSeeAll(1, 1e-4), 1);
    for (const places of [2, 3, 5]) {
      const draws = drawsToSeeAll(places, 1e-4);
      assert.ok(places * (1 - 1 / places) ** draws <= 1e-4);
      assert.ok(places * (1 - 1 / places) ** (draws - 1) > 1e-4);
    }
  });
});
