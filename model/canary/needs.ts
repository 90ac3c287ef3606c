import { compareClasses, isAsGood } from "./comparison";
import { type Baseline, noCounts, type RequestCounts } from "./evidence";
import type { StepRules } from "./thresholds";

const scaled = (counts: RequestCounts, requests: number): RequestCounts => {
  const factor = counts.requests === 0 ? 0 : requests / counts.requests;
  const times = (key: keyof RequestCounts) => counts[key] * factor;
  return {
    requests,
    serverErrors: times("serverErrors"),
    clientErrors: times("clientErrors"),
    redirects: times("redirects"),
    noAnswer: times("noAnswer"),
    // without measured times, one of ten answers is slow, since the threshold is the 90th percentile
    slow: counts.timed === 0 ? requests / 10 : times("slow"),
    timed: counts.timed === 0 ? requests : times("timed"),
  };
};

/**
 * Requests of both versions together that a step needs to pass a version 2 that is exactly as good as version 1.
 *
 * Chance makes a step need somewhat less or more. Infinity when no number of requests is enough.
 *
 * @param stable - earlier measurement of version 1. Without requests, it counts as a version that never fails
 */
export function requestsNeeded(weight: number, stable: RequestCounts | undefined, rules: StepRules): number {
  const expected = stable && stable.requests > 0 ? scaled(stable, stable.requests) : noCounts;
  const baseline: Baseline | undefined =
    expected.requests > 0
      ? { stable: expected, lowest: { weight: 0, requests: expected.requests, unattributed: 0 } }
      : undefined;
  const passes = (requests: number): boolean => {
    const canary = (requests * weight) / 100;
    const measured = { stable: scaled(expected, requests - canary), canary: scaled(expected, canary), unattributed: 0 };
    return compareClasses({ measured, weight, baseline }, rules, "least").every((comparison) =>
      isAsGood(comparison, rules),
    );
  };
  let enough = 100;
  while (!passes(enough)) {
    enough *= 2;
    if (enough > 1e9) return Number.POSITIVE_INFINITY;
  }
  let tooFew = enough / 2;
  while (enough - tooFew > tooFew / 100) {
    const middle = (tooFew + enough) / 2;
    if (passes(middle)) enough = middle;
    else tooFew = middle;
  }
  return Math.ceil(enough);
}
