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
    // where no time was measured: the threshold is the one that nine of ten answers keep to
    slow: counts.timed === 0 ? requests / 10 : times("slow"),
    timed: counts.timed === 0 ? requests : times("timed"),
  };
};

/**
 * Requests of both versions together that a step needs to pass a version 2 that is exactly as good as version 1.
 *
 * Chance makes a step need somewhat less or more. Infinity when no number of requests is enough.
 *
 * @param stable - version 1 as it was measured before; without any request it is taken for one that never fails
 */
export function requestsNeeded(weight: number, stable: RequestCounts | undefined, rules: StepRules): number {
  const known = stable && stable.requests > 0 ? scaled(stable, stable.requests) : noCounts;
  const baseline: Baseline | undefined =
    known.requests > 0
      ? { stable: known, lowest: { weight: 0, requests: known.requests, unattributed: 0 } }
      : undefined;
  const passes = (requests: number): boolean => {
    const canary = (requests * weight) / 100;
    const measured = { stable: scaled(known, requests - canary), canary: scaled(known, canary), unattributed: 0 };
    return compareClasses({ measured, weight, baseline }, rules, "least").every((comparison) =>
      isAsGood(comparison, rules),
    );
  };
  let most = 100;
  while (!passes(most)) {
    most *= 2;
    if (most > 1e9) return Number.POSITIVE_INFINITY;
  }
  let least = most / 2;
  while (most - least > least / 100) {
    const middle = (least + most) / 2;
    if (passes(middle)) most = middle;
    else least = middle;
  }
  return Math.ceil(most);
}
