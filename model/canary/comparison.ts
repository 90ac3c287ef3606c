import { type Baseline, type Counts, failures, noCounts } from "./evidence";
import { type Band, bandOf, lowEnd, type Sample, shareEvidence, surelyAbove, surelyBelow } from "./sequential";
import { type OutcomeClass, outcomeClasses, type Rules } from "./thresholds";
import { type Charge, chargeOf, noCharge, stableUnanswered } from "./unattributed";

/** The evidence of one step. */
export interface StepEvidence {
  /** Everything that was measured at this weight, without the warm-up. */
  readonly measured: {
    readonly stable: Counts;
    readonly canary: Counts;
    readonly unattributed: number;
  };
  /** Percent of requests that version 2 should get. */
  readonly weight: number;
  /** What was measured at lower weights of the same rollout. Without it, a step that looks bad at 100 % pauses. */
  readonly baseline?: Baseline | undefined;
}

/** Both versions in one class, and what is known of the stable version from lower weights. */
export interface Comparison {
  readonly name: OutcomeClass;
  readonly stable: Sample;
  readonly canary: Sample;
  /** Unanswered requests of unknown version that are charged to the canary. */
  readonly charge: Charge;
  /** Those that are left to the stable version at most. */
  readonly rest: number;
  /** The stable version at lower weights. Undefined without a baseline, and where the stable version gets enough requests. */
  readonly baseline: Sample | undefined;
  /** Rate of unanswered requests of unknown version that the stable version had at lower weights. */
  readonly unanswered: Charge;
}

const hitsOf: Readonly<Record<OutcomeClass, (counts: Counts) => number>> = {
  failures,
  "client-errors": ({ clientErrors }) => clientErrors,
  redirects: ({ redirects }) => redirects,
  slow: ({ slow }) => slow,
};

const sampleOf = (name: OutcomeClass, counts: Counts): Sample => ({
  hits: hitsOf[name](counts),
  n: name === "slow" ? counts.timed : counts.requests,
});

const plus = ({ hits, n }: Sample, more: number): Sample => ({ hits: hits + more, n: n + more });

/** Compares the versions in every class. */
export function compare({ measured, weight, baseline }: StepEvidence, rules: Rules): Comparison[] {
  const { canary, unattributed } = measured;
  // at 100 %, what is counted of the stable version is late: it belongs to the step before
  const stable = weight === 100 ? noCounts : measured.stable;
  const unanswered = stableUnanswered(baseline, weight, rules.unansweredRisk);
  const requests = stable.requests + canary.requests + unattributed;
  const charge = chargeOf(unattributed, requests, canary.requests, weight, unanswered);
  return outcomeClasses.map((name) => {
    const earlier = baseline && weight > rules.baselineAbove ? sampleOf(name, baseline.stable) : undefined;
    const failing = name === "failures";
    return {
      name,
      stable: sampleOf(name, stable),
      canary: sampleOf(name, canary),
      charge: failing ? charge : noCharge,
      rest: failing ? unattributed - charge.least : 0,
      baseline: earlier && earlier.n > 0 ? earlier : undefined,
      unanswered: failing && earlier ? unanswered : noCharge,
    };
  });
}

/** The band of the stable version: its own in this step, narrowed by the baseline unless that contradicts it. */
function stableBand(stable: Sample, { baseline, unanswered }: Comparison, risk: number): Band {
  const now = bandOf(stable.hits, stable.n, risk);
  if (!baseline) return now;
  const earlier = bandOf(baseline.hits, baseline.n, risk);
  const [low, high] = [earlier.low + unanswered.least, Math.min(1, earlier.high + unanswered.most)];
  return low > now.high || high < now.low ? now : { low: Math.max(now.low, low), high: Math.min(now.high, high) };
}

/**
 * True if the canary is surely worse. What is uncertain of the stable version counts for the canary.
 *
 * @param unattributed - whose the unanswered requests of unknown version are, as far as that is open. @default stable
 */
export function isWorse(comparison: Comparison, rules: Rules, unattributed: "stable" | "canary" = "stable"): boolean {
  const [rest, charge] =
    unattributed === "stable" ? [comparison.rest, comparison.charge.least] : [0, comparison.charge.most];
  const [stable, canary] = [plus(comparison.stable, rest), plus(comparison.canary, charge)];
  const { tolerance, baselineTolerance, riskShare, floor } = rules.classes[comparison.name];
  const rate = canary.hits / canary.n;
  if (canary.hits < rules.leastHits || rate <= floor) return false;
  if (!comparison.baseline && stable.hits * tolerance >= rate * stable.n) return false;
  const risk = rules.falseRollback * riskShare;
  if (!comparison.baseline) return shareEvidence(stable, canary, tolerance) >= -Math.log(risk);
  // two tests share the risk, and the second one has a band on either side
  if (stable.n > 0 && shareEvidence(stable, canary, tolerance) >= -Math.log(risk / 3)) return true;
  const { high } = stableBand(stable, comparison, risk / 3);
  return surelyAbove(canary.hits, canary.n, Math.max(floor, high * baselineTolerance), risk / 3);
}

/** True if the canary is surely less than the margin worse. What is uncertain of the stable version counts against it. */
export function isAsGood(comparison: Comparison, { classes, falsePass }: Rules): boolean {
  const { stable, baseline, unanswered, charge } = comparison;
  const canary = plus(comparison.canary, charge.most);
  const { margin, relativeMargin, baselineMargin } = classes[comparison.name];
  const limit = (rate: number) => rate + Math.max(baseline ? baselineMargin : margin, rate * relativeMargin);
  // the rate itself lies above the lower end of its band, and costs less to find
  const rates = [stable, ...(baseline ? [baseline] : [])].map(({ hits, n }) => (n === 0 ? 0 : hits / n));
  if (!surelyBelow(canary.hits, canary.n, limit(Math.max(...rates) + unanswered.most), falsePass)) return false;
  const low = baseline ? stableBand(stable, comparison, falsePass).low : lowEnd(stable.hits, stable.n, falsePass);
  return surelyBelow(canary.hits, canary.n, limit(low), falsePass);
}
