import { type ClassComparison, compareClasses, isAsGood, isWorse, type StepEvidence } from "./comparison";
import { failedRequests, withOverdue } from "./evidence";
import { highEnd, lowEnd } from "./sequential";
import { hasTooFew, hasTooMany } from "./split";
import type { OutcomeClass, StepRules } from "./thresholds";
import { isMissingThem, isMoreOftenUnanswered, requestsOf } from "./unattributed";
import { bothRates, percentText, rateText, unansweredText, unattributedText } from "./wording";

export type { StepEvidence } from "./comparison";
export { type RolloutPace, rulesOfStep, type StepRules, usualPace, warmUpRequests } from "./thresholds";
export { progressLine } from "./wording";

/** Reason of a verdict for programs. `reason` is the same for a person. */
export type VerdictCode =
  | "as-good"
  | OutcomeClass
  | "unanswered"
  | "no-baseline"
  | "both-fail"
  | "split"
  | "unattributed"
  | "no-times"
  | "too-few-requests"
  | "warm-up"
  | "not-measured";

export interface Verdict {
  /** `insufficient` is no failure and no success: it never advances. */
  readonly outcome: "pass" | "fail" | "insufficient";
  readonly code: VerdictCode;
  readonly reason: string;
}

/** Words for the outcomes of a step. */
export const outcomeNames = { pass: "passed", fail: "failed", insufficient: "not decided" } as const;

const insufficient = (code: VerdictCode, reason: string): Verdict => ({ outcome: "insufficient", code, reason });

/** Verdict for a share of the canary that differs from the weight: something other than the weight decides who gets version 2. */
function splitOff({ measured, weight }: StepEvidence, { splitFrom }: StepRules): Verdict | undefined {
  const { canary, unattributed } = measured;
  const isTooFew = hasTooFew(measured, weight, splitFrom);
  if (!isTooFew && !hasTooMany(measured, weight, splitFrom)) return undefined;
  const requests = requestsOf(measured);
  return isTooFew && unattributed > (requests * weight) / 100 - canary.requests
    ? insufficient("unattributed", unattributedText(unattributed, unattributed))
    : insufficient("split", `version 2 got ${canary.requests} of ${requests} requests, not ${weight} %`);
}

/** Verdict when both versions fail, and the canary is not surely better: the cause is probably neither of them. */
function bothFail(
  { stable, canary, baseline }: ClassComparison,
  { bothFail, falsePass }: StepRules,
): Verdict | undefined {
  const known = baseline ?? stable;
  if (known.hits / known.n <= bothFail || canary.hits / canary.n <= bothFail) return undefined;
  const [version1, version2] = [known, canary].map(({ hits, n }) => lowEnd(hits, n, falsePass)) as [number, number];
  const better = highEnd(canary.hits, canary.n, falsePass) < version1;
  return version1 <= bothFail || version2 <= bothFail || better
    ? undefined
    : insufficient(
        "both-fail",
        `both versions fail: at least ${percentText(version1)} of version 1's requests and ${percentText(version2)} of version 2's`,
      );
}

/**
 * Verdict for a step that is not decided yet, by the first class that is open.
 *
 * @param open - the class with all unanswered requests that may be version 2's; `least` has its share of them
 */
function undecided(open: ClassComparison, least: ClassComparison, { measured, weight }: StepEvidence): Verdict {
  const { requests } = measured.canary;
  if (requests === 0) return insufficient("too-few-requests", "version 2 got no request");
  if (open.name === "slow" && open.canary.n === 0)
    return insufficient("no-times", `none of ${requests} answers of version 2 came with its time`);
  const rates = bothRates(least);
  if (weight === 100 && !open.baseline && open.canary.hits > 0)
    return insufficient("no-baseline", `${rates}, so that there is nothing to compare version 2 with`);
  if (open.canary.n - least.canary.n >= 1)
    return insufficient("unattributed", unattributedText(measured.unattributed, open.canary.n - requests));
  return insufficient("too-few-requests", `${rates}; ${requests} requests of version 2 do not decide yet`);
}

/** The readings of one step's unanswered requests of unknown version. */
interface Readings {
  /** No version has any of them. */
  readonly answered: readonly ClassComparison[];
  /** Version 2 has its share of them. */
  readonly best: readonly ClassComparison[];
  /** Version 2 has all that version 1 did not surely cause before. */
  readonly worst: readonly ClassComparison[];
}

const rateOf = ({ hits, n }: { readonly hits: number; readonly n: number }): number => (n === 0 ? 0 : hits / n);

/** True if more requests of unknown version stay unanswered than before, and version 1 does not fail more often otherwise. */
function mayLoseRequests({ measured, weight, baseline }: StepEvidence, { worst }: Readings, rules: StepRules): boolean {
  const [failing] = worst;
  const mayBeWorse =
    failing && [failing.stable, failing.baseline].every((known) => !known || rateOf(failing.canary) > rateOf(known));
  return mayBeWorse === true && isMoreOftenUnanswered(measured, weight, baseline, rules);
}

/** The failure of a step, if version 2 is surely worse in one of the classes. */
function failure(step: StepEvidence, readings: Readings, rules: StepRules): Verdict | undefined {
  const worse = readings.best.find((comparison) => isWorse(comparison, rules));
  if (worse) return { outcome: "fail", code: worse.name, reason: bothRates(worse) };
  return mayLoseRequests(step, readings, rules) && isMissingThem(step.measured, step.weight, step.baseline, rules)
    ? { outcome: "fail", code: "unanswered", reason: unansweredText(step) }
    : undefined;
}

function readingsOf(step: StepEvidence, rules: StepRules): Readings {
  const best = compareClasses(step, rules, "least");
  if (step.measured.unattributed === 0) return { answered: best, best, worst: best };
  const answered = compareClasses({ ...step, measured: { ...step.measured, unattributed: 0 } }, rules, "least");
  return { answered, best, worst: compareClasses(step, rules, "most") };
}

/**
 * Judges version 2 by what one step has measured, relative to version 1.
 *
 * May be called again and again while the step measures more. Missing evidence never leads to a pass: version 2 fails by
 * the reading that charges it with the fewest of the unanswered requests that may be its, and passes only if it is as
 * good in every reading. So more unanswered requests never turn another verdict into a pass.
 */
export function judgeCanary(evidence: StepEvidence, rules: StepRules): Verdict {
  const step = { ...evidence, measured: withOverdue(evidence.measured) };
  const readings = readingsOf(step, rules);
  const { answered, best, worst } = readings;
  const failed = failure(step, readings, rules);
  if (failed) return failed;
  const doubt = best.slice(0, 1).map((failing) => bothFail(failing, rules))[0] ?? splitOff(step, rules);
  if (doubt) return doubt;
  const isOpen = (comparison: ClassComparison) => !isAsGood(comparison, rules) || isWorse(comparison, rules);
  for (const [index, least] of best.entries()) {
    const open = [worst, answered, best]
      .map((reading) => reading[index])
      .find((comparison) => comparison && isOpen(comparison));
    if (open) return undecided(open, least, step);
  }
  if (mayLoseRequests(step, readings, rules)) return insufficient("unattributed", unansweredText(step));
  const { canary } = step.measured;
  const reason = `failed requests: ${rateText(failedRequests(canary), canary.requests)} of ${canary.requests} of version 2`;
  return { outcome: "pass", code: "as-good", reason };
}

/** Judges version 2 while it may still be cold. It never passes, slow answers do not count, and a few failed requests neither. */
export function judgeWarmUp(evidence: StepEvidence, rules: StepRules): Verdict {
  const step = { ...evidence, measured: withOverdue(evidence.measured) };
  const readings = readingsOf(step, rules);
  const withoutSlow = readings.best.filter(({ name }) => name !== "slow");
  const failed = failure(step, { ...readings, best: withoutSlow }, { ...rules, leastHits: rules.warmUpLeastHits });
  if (failed) return { ...failed, reason: `${failed.reason}, during the warm-up` };
  return insufficient("warm-up", `version 2 is warming up: ${step.measured.canary.requests} requests so far`);
}
