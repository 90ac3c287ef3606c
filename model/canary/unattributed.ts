import type { Baseline, Measurement } from "./evidence";
import { bandOf, shareEvidence } from "./sequential";
import type { StepRules } from "./thresholds";

/** Part of the requests without an answer and a known version that is charged to the canary. `least` and `most` bound it. */
export type Reading = "least" | "most";

/** Lower and upper bound of a rate. */
interface Bounds {
  readonly least: number;
  readonly most: number;
}

/** Standard deviations by which a count may differ from its expectation. */
const deviations = 2;

export const requestsOf = ({ stable, canary, unattributed }: Measurement): number =>
  stable.requests + canary.requests + unattributed;

/** Rate at which the stable version leaves requests unanswered, without a known version. */
export function stableUnanswered(baseline: Baseline | undefined, weight: number, risk: number): Bounds {
  const lowest = baseline?.lowest;
  if (!lowest || lowest.weight >= weight || lowest.requests === 0) return { least: 0, most: 1 };
  const band = bandOf(lowest.unattributed, lowest.requests, risk);
  // version 2 may be the cause of all of them where it had some weight
  return { least: lowest.weight === 0 ? band.low : 0, most: Math.min(1, band.high / (1 - lowest.weight / 100)) };
}

/**
 * Unanswered requests of unknown version that are charged to the canary. All others are the stable version's.
 *
 * At least its share by weight, at most all that the stable version did not surely cause before. At 100 % all of them.
 */
export function chargeOf(measured: Measurement, weight: number, stable: Bounds, reading: Reading): number {
  const { unattributed } = measured;
  const share = (unattributed * weight) / 100;
  if (reading === "least" || weight >= 100) return share;
  const ofStable = requestsOf(measured) * (1 - weight / 100);
  const surely = ofStable * stable.least - deviations * Math.sqrt(ofStable * stable.least);
  return Math.max(share, unattributed - Math.max(0, surely));
}

/** True if requests of unknown version stay without an answer surely more often than at the lowest weight of the rollout. */
export function isMoreOftenUnanswered(
  measured: Measurement,
  weight: number,
  baseline: Baseline | undefined,
  { falseRollback, unansweredShare, leastHits }: StepRules,
): boolean {
  const lowest = baseline?.lowest;
  const hits = measured.unattributed;
  if (!lowest || lowest.weight >= weight || lowest.requests === 0 || hits < leastHits) return false;
  const before = { hits: lowest.unattributed, n: lowest.requests };
  const evidence = shareEvidence(before, { hits, n: requestsOf(measured) });
  return evidence >= -Math.log(falseRollback * unansweredShare);
}

/**
 * True if the canary can have left all unanswered requests of unknown version without an answer, but for those that the
 * stable version leaves at lower weights.
 *
 * When both versions begin to fail, the canary's share of the answers stays as it is: then fewer requests of the canary
 * are missing than got no answer.
 */
export function isMissingThem(
  measured: Measurement,
  weight: number,
  baseline: Baseline | undefined,
  { unansweredRisk }: StepRules,
): boolean {
  const n = requestsOf(measured);
  const expected = (n * weight) / 100;
  const missing = expected + deviations * Math.sqrt(expected * (1 - weight / 100)) - measured.canary.requests;
  const ofStable = (n - expected) * stableUnanswered(baseline, weight, unansweredRisk).most;
  return measured.unattributed <= missing + ofStable;
}
