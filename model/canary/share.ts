/** Shares of requests, and how far chance alone can move them. */

/** Counts, both included, between which a binomial count lies with at least `confidence`. */
export interface CountBand {
  readonly low: number;
  readonly high: number;
}

/** Quantile of the normal distribution for an interval of 95 %. */
const z = 1.96;

/** Probabilities of 0 … n successes, by logarithms so that no factor under- or overflows. */
function distribution(n: number, p: number): number[] {
  if (p === 0 || p === 1) return Array.from({ length: n + 1 }, (_, k) => (k === n * p ? 1 : 0));
  const odds = Math.log(p) - Math.log1p(-p);
  let log = n * Math.log1p(-p);
  return Array.from({ length: n + 1 }, (_, k) => {
    if (k > 0) log += Math.log((n - k + 1) / k) + odds;
    return Math.exp(log);
  });
}

/**
 * The central band of the number of requests that a version gets out of `n` when its share is `p`.
 *
 * @param confidence - probability that a correct split lies inside; @default 0.999
 */
export function binomialBand(n: number, p: number, confidence = 0.999): CountBand {
  const tail = (1 - confidence) / 2;
  const probabilities = distribution(n, p);
  const edge = (order: readonly number[]): number => {
    let sum = 0;
    for (const [k, probability] of order.entries()) {
      sum += probability;
      if (sum > tail) return k;
    }
    return n;
  };
  return { low: edge(probabilities), high: n - edge(probabilities.toReversed()) };
}

/**
 * Wilson's score interval of 95 % of a share after `k` of `n` (https://doi.org/10.1080/01621459.1927.10502953).
 */
export function wilsonInterval(k: number, n: number): readonly [low: number, high: number] {
  if (n === 0) return [0, 1];
  const share = k / n;
  const centre = (share + z ** 2 / (2 * n)) / (1 + z ** 2 / n);
  const half = (z / (1 + z ** 2 / n)) * Math.sqrt((share * (1 - share)) / n + z ** 2 / (4 * n ** 2));
  return [Math.max(0, centre - half), Math.min(1, centre + half)];
}

/** Number of random draws after which each of `places` was drawn, except with the probability `risk`. */
export function drawsToSeeAll(places: number, risk: number): number {
  return places < 2 ? 1 : Math.ceil(Math.log(risk / places) / Math.log(1 - 1 / places));
}
