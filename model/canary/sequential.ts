/**
 * Tests that stay valid however often somebody looks.
 *
 * Each measures evidence against a claim as the logarithm of a likelihood ratio. If the claim is true, the ratio exceeds
 * 1/risk at any time of an endless series of looks with a probability of at most `risk` (Ville's inequality,
 * https://arxiv.org/abs/2210.01948). So a look every two seconds does not raise the risk of a wrong answer.
 */

/** Logarithm of the gamma function for x > 0, by Stirling's series. */
function logGamma(x: number): number {
  let [y, product] = [x, 1];
  for (; y < 8; y++) product *= y;
  const square = 1 / (y * y);
  return (
    (y - 0.5) * Math.log(y) -
    y +
    0.9189385332046727 +
    (1 / 12 - square * (1 / 360 - square / 1260)) / y -
    (product === 1 ? 0 : Math.log(product))
  );
}

const logBeta = (a: number, b: number): number => logGamma(a) + logGamma(b) - logGamma(a + b);

/** Alternatives that the test of a rate bets on: any rate, and small rates, as beta distributions with equal weight. */
const [any, small] = [
  { a: 0.5, b: 0.5 },
  { a: 0.5, b: 100 },
] as const;
const [anyBeta, smallBeta] = [logBeta(any.a, any.b), logBeta(small.a, small.b)];

/** Logarithm of x · y for a count and a logarithm, where nothing times minus infinity is nothing. */
const times = (count: number, log: number): number => (count === 0 ? 0 : count * log);

/** Logarithm of the probability of the requests under the alternatives. */
function logAlternatives(hits: number, misses: number): number {
  const first = logBeta(any.a + hits, any.b + misses) - anyBeta;
  const second = logBeta(small.a + hits, small.b + misses) - smallBeta;
  return Math.max(first, second) + Math.log1p(Math.exp(-Math.abs(first - second))) - Math.LN2;
}

const logLikelihood = (hits: number, misses: number, rate: number): number =>
  times(hits, Math.log(rate)) + times(misses, Math.log1p(-rate));

/** Logarithm of the evidence that a rate is another than `rate`, after `hits` of `n` requests. */
export const evidenceAgainst = (hits: number, n: number, rate: number): number =>
  logAlternatives(hits, n - hits) - logLikelihood(hits, n - hits, rate);

/**
 * True if the rate is surely below `limit`.
 *
 * @param risk - probability of being wrong, over all looks together
 * @param expected - rate that the test bets on as well, known before the first request was counted
 */
export function surelyBelow(hits: number, n: number, limit: number, risk: number, expected?: number): boolean {
  const least = -Math.log(risk);
  if (limit >= 1) return true;
  // no evidence exceeds that of requests without a hit
  if (n === 0 || hits / n >= limit || -n * Math.log1p(-limit) < least) return false;
  const evidence = evidenceAgainst(hits, n, limit);
  if (expected === undefined || expected >= limit) return evidence >= least;
  // half of the stake is on the expected rate
  const ofBet = logLikelihood(hits, n - hits, expected) - logLikelihood(hits, n - hits, limit);
  return Math.max(evidence, ofBet) + Math.log1p(Math.exp(-Math.abs(evidence - ofBet))) - Math.LN2 >= least;
}

/** True if the rate is surely above `limit`. @param risk - probability of being wrong, over all looks together */
export const surelyAbove = (hits: number, n: number, limit: number, risk: number): boolean =>
  n > 0 && hits / n > limit && (limit <= 0 || evidenceAgainst(hits, n, limit) >= -Math.log(risk));

/** Rates between which the true rate lies. */
export interface RateBand {
  readonly low: number;
  readonly high: number;
}

/** The band that the rate keeps to at all looks, but for the risk. Without any request it is 0 to 1. */
export function bandOf(hits: number, n: number, risk: number): RateBand {
  return { low: lowEnd(hits, n, risk), high: highEnd(hits, n, risk) };
}

/** Lower end of the band of a rate. */
export const lowEnd = (hits: number, n: number, risk: number): number => (hits === 0 ? 0 : edge(hits, n, 0, risk));

/** Upper end of the band of a rate. */
export const highEnd = (hits: number, n: number, risk: number): number => (hits === n ? 1 : edge(hits, n, 1, risk));

/** The rate between the measured one and `outside` at which the evidence suffices. */
function edge(hits: number, n: number, outside: number, risk: number): number {
  const least = logAlternatives(hits, n - hits) + Math.log(risk);
  let [near, far] = [hits / n, outside];
  for (let round = 0; round < 24; round++) {
    const middle = (near + far) / 2;
    if (logLikelihood(hits, n - hits, middle) > least) near = middle;
    else far = middle;
  }
  return far;
}

/** Ratios of the canary's rate to the stable version's that the share test bets on, with their weights. */
const ratios = [
  [1.3, 0.1],
  [1.7, 0.1],
  [2.5, 0.15],
  [5, 0.2],
  [20, 0.2],
  [10_000, 0.25],
] as const;

/** Hits and requests of one version. */
export interface RateSample {
  readonly hits: number;
  readonly n: number;
}

/**
 * Logarithm of the evidence that the canary's rate is more than `tolerance` times the stable version's, both measured
 * over the same seconds.
 *
 * If both rates are the same, a hit belongs to the canary as often as any request does: one of twenty at a weight of 5.
 * That holds whatever the common rate is, also when it changes, so nothing has to be known of the stable version.
 */
export function shareEvidence(stable: RateSample, canary: RateSample, tolerance = 1): number {
  const [hits, allHits] = [canary.hits, canary.hits + stable.hits];
  const before = Math.log(canary.n * tolerance + stable.n);
  let [highest, sum] = [Number.NEGATIVE_INFINITY, 0];
  for (const [ratio, weight] of ratios) {
    const log =
      Math.log(weight) +
      times(hits, Math.log(ratio)) -
      times(allHits, Math.log(canary.n * tolerance * ratio + stable.n) - before);
    if (log > highest) [highest, sum] = [log, sum * Math.exp(highest - log) + 1];
    else sum += Math.exp(log - highest);
  }
  return highest + Math.log(sum);
}
