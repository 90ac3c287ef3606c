import {
  type Baseline,
  failedRequests,
  type Measurement,
  noCounts,
  type RequestCounts,
  withUnanswered,
} from "./evidence";
import { bandOf, lowEnd, type RateBand, type RateSample, shareEvidence, surelyAbove, surelyBelow } from "./sequential";
import { type OutcomeClass, outcomeClasses, type StepRules } from "./thresholds";
import { chargeOf, type Reading, stableUnanswered } from "./unattributed";

/** The evidence of one step. */
export interface StepEvidence {
  /** Everything that was measured at this weight, without the warm-up. */
  readonly measured: Measurement;
  /** Percent of requests that version 2 should get. */
  readonly weight: number;
  /** Measurements at lower weights of the same rollout. Without them, a step that looks bad at 100 % pauses. */
  readonly baseline?: Baseline | undefined;
}

/** Both versions in one class, and the stable version at lower weights of the same rollout. */
export interface ClassComparison {
  readonly name: OutcomeClass;
  /** Each version with the unanswered requests that are charged to it. */
  readonly stable: RateSample;
  readonly canary: RateSample;
  /** The stable version at lower weights. Undefined without a baseline, and where the stable version gets enough requests. */
  readonly baseline: RateSample | undefined;
  /** Rate of unanswered requests of unknown version that the stable version had at lower weights, beside `baseline`. */
  readonly unanswered: { readonly least: number; readonly most: number };
  /** Rate of the stable version at lower weights, also at a weight that is not compared with it. */
  readonly expected: number | undefined;
}

const hitsOf: Readonly<Record<OutcomeClass, (counts: RequestCounts) => number>> = {
  failures: failedRequests,
  "client-errors": ({ clientErrors }) => clientErrors,
  redirects: ({ redirects }) => redirects,
  slow: ({ slow }) => slow,
};

const sampleOf = (name: OutcomeClass, counts: RequestCounts): RateSample => ({
  hits: hitsOf[name](counts),
  n: name === "slow" ? counts.timed : counts.requests,
});

const noRate = { least: 0, most: 0 };

/**
 * Compares the versions in every class.
 *
 * @param reading - how many of the unanswered requests of unknown version are the canary's
 */
export function compareClasses(
  { measured, weight, baseline }: StepEvidence,
  rules: StepRules,
  reading: Reading,
): ClassComparison[] {
  const unanswered = stableUnanswered(baseline, weight, rules.unansweredRisk);
  const charge = chargeOf(measured, weight, unanswered, reading);
  // at 100 %, the requests that are counted of the stable version are late: they belong to the step before
  const answered = { stable: weight === 100 ? noCounts : measured.stable, canary: measured.canary };
  const charged = {
    stable: withUnanswered(answered.stable, measured.unattributed - charge),
    canary: withUnanswered(answered.canary, charge),
  };
  return outcomeClasses.map((name) => {
    const earlier = baseline && sampleOf(name, baseline.stable);
    const lowerWeights = earlier && earlier.n > 0 ? earlier : undefined;
    const usesBaseline = weight > rules.baselineAbove;
    // a request without an answer has no status: as one more request without a 4xx or 3xx it would be evidence of health
    const { stable, canary } = name === "failures" ? charged : answered;
    return {
      name,
      stable: sampleOf(name, stable),
      canary: sampleOf(name, canary),
      baseline: usesBaseline ? lowerWeights : undefined,
      unanswered: usesBaseline && lowerWeights && name === "failures" ? unanswered : noRate,
      expected: lowerWeights && (lowerWeights.hits + 0.5) / (lowerWeights.n + 1),
    };
  });
}

/** The band of the stable version: its own in this step, narrowed by the baseline unless that contradicts it. */
function stableBand(stable: RateSample, { baseline, unanswered }: ClassComparison, risk: number): RateBand {
  const now = bandOf(stable.hits, stable.n, risk);
  if (!baseline) return now;
  const earlier = bandOf(baseline.hits, baseline.n, risk);
  const [low, high] = [earlier.low + unanswered.least, Math.min(1, earlier.high + unanswered.most)];
  return low > now.high || high < now.low ? now : { low: Math.max(now.low, low), high: Math.min(now.high, high) };
}

/** True if the canary is surely worse. Uncertainty about the stable version counts in favour of the canary. */
export function isWorse(comparison: ClassComparison, rules: StepRules): boolean {
  const { name, stable, canary, baseline } = comparison;
  const { tolerance, baselineTolerance, riskShare, floor } = rules.classes[name];
  const rate = canary.hits / canary.n;
  if (canary.hits < rules.leastHits || rate <= floor) return false;
  if (!baseline && stable.hits * tolerance >= rate * stable.n) return false;
  const risk = rules.falseRollback * riskShare;
  if (!baseline) return shareEvidence(stable, canary, tolerance) >= -Math.log(risk);
  // two tests share the risk, and the second one has a band on either side
  if (stable.n > 0 && shareEvidence(stable, canary, tolerance) >= -Math.log(risk / 3)) return true;
  const { high } = stableBand(stable, comparison, risk / 3);
  return surelyAbove(canary.hits, canary.n, Math.max(floor, high * baselineTolerance), risk / 3);
}

/** True if the canary is surely less than the margin worse. Uncertainty about the stable version counts against it. */
export function isAsGood(comparison: ClassComparison, { classes, falsePass }: StepRules): boolean {
  const { stable, canary, baseline, unanswered, expected } = comparison;
  const { margin, relativeMargin, baselineMargin } = classes[comparison.name];
  const limit = (rate: number) => rate + Math.max(baseline ? baselineMargin : margin, rate * relativeMargin);
  const isBelow = (rate: number) => surelyBelow(canary.hits, canary.n, limit(rate), falsePass, expected);
  // the rate lies above the lower end of its band, and is cheaper to compute
  const rates = [stable, ...(baseline ? [baseline] : [])].map(({ hits, n }) => (n === 0 ? 0 : hits / n));
  if (!isBelow(Math.max(...rates) + unanswered.most)) return false;
  return isBelow(baseline ? stableBand(stable, comparison, falsePass).low : lowEnd(stable.hits, stable.n, falsePass));
}
