import type { Subset } from "../names";
import type { Measurement, RequestCounts } from "./evidence";

/** A probe that got a complete answer. */
export interface AnsweredProbe {
  /** Version that answered; undefined when the gateway answered by itself. */
  readonly subset: Subset | undefined;
  readonly status: number;
  readonly milliseconds: number;
}

/** A probe that got no complete answer. */
export interface UnansweredProbe {
  /** Version of the headers, if these came. */
  readonly subset: Subset | undefined;
  /** False if no connection to the gateway was established, so that no version has seen the probe. */
  readonly sent: boolean;
  readonly message: string;
}

const isAnswered = (outcome: AnsweredProbe | UnansweredProbe): outcome is AnsweredProbe => "status" in outcome;

/** Number of answers of version 1 that the threshold for slow answers needs. */
const minimumTimes = 50;

/** 90th percentile of the times. Undefined when there are too few. */
function percentile90(times: readonly number[]): number | undefined {
  const rising = [...times].sort((a, b) => a - b);
  return rising.length < minimumTimes ? undefined : rising[Math.floor(rising.length * 0.9)];
}

/** Milliseconds of version 1's answers. */
export const stableTimes = (probes: readonly (AnsweredProbe | UnansweredProbe)[]): number[] =>
  probes.filter(isAnswered).flatMap(({ subset, milliseconds }) => (subset === "v1" ? [milliseconds] : []));

function countsOf(
  outcomes: readonly (AnsweredProbe | UnansweredProbe)[],
  threshold: number | undefined,
): RequestCounts {
  const answers = outcomes.filter(isAnswered);
  const ofClass = (first: number) => answers.filter(({ status }) => Math.floor(status / 100) === first).length;
  return {
    requests: outcomes.length,
    serverErrors: ofClass(5),
    clientErrors: ofClass(4),
    redirects: ofClass(3),
    noAnswer: outcomes.length - answers.length,
    slow: threshold === undefined ? 0 : answers.filter(({ milliseconds }) => milliseconds > threshold).length,
    timed: threshold === undefined ? 0 : answers.length,
  };
}

/**
 * Counts of both versions from the probes of a window.
 *
 * An answer without a version counts as no answer: the gateway sent it because there was no route or no version.
 * A probe that was never sent is not counted, since it is no evidence about a version.
 *
 * @param threshold - milliseconds above which an answer is slow. Computed from the times of version 1 when undefined
 * @param earlier - times of version 1's answers in earlier windows, which that computation includes
 * @throws Error when half of the probes could not reach the gateway, so that the window has no evidence about the versions
 */
export function measurementOf(
  probes: readonly (AnsweredProbe | UnansweredProbe)[],
  threshold: number | undefined,
  earlier: readonly number[] = [],
): Measurement {
  const unsent = probes.filter((probe): probe is UnansweredProbe => !isAnswered(probe) && !probe.sent);
  const [first] = unsent;
  if (first && unsent.length * 2 >= probes.length) throw new Error(`the gateway cannot be reached: ${first.message}`);
  const outcomes = probes.filter((probe) => isAnswered(probe) || probe.sent);
  const [stable, canary] = (["v1", "v2"] as const).map((subset) =>
    outcomes.filter((outcome) => outcome.subset === subset),
  );
  if (!stable || !canary) throw new Error("there are not two subsets");
  const slowAbove = threshold ?? percentile90([...earlier, ...stableTimes(stable)]);
  return {
    stable: countsOf(stable, slowAbove),
    canary: countsOf(canary, slowAbove),
    unattributed: outcomes.length - stable.length - canary.length,
    ...(slowAbove !== undefined && { slowAbove }),
  };
}
