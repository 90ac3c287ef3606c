import { type Baseline, failures, type Measurement, noCounts } from "./evidence";
import { besides, type Hypotheses, type Risks, sprt } from "./sequential";
import { interval } from "./share";

/** What a canary is held to; rates are shares from 0 to 1. */
export interface Rules {
  /** Risks of one step. */
  readonly risks: Risks;
  /** More errors than the stable version by this much are bad. */
  readonly errorMargin: number;
  readonly errorFloor: number;
  /** More errors by this much are seen at once: a test that looks for few takes its time to see many. */
  readonly grossMargin: number;
  /** More slow answers than the stable version by this much are bad. */
  readonly slowMargin: number;
  readonly slowFloor: number;
  /** Shares of slow answers that leave a canary alone in peace and in doubt: all of the load makes any version slower. */
  readonly slowAlone: Hypotheses;
  /** A stable version with more errors than this is no measure: both may be bad for another reason. */
  readonly stableErrors: number;
  /** Requests of both together from which the split itself is checked. */
  readonly splitFrom: number;
}

/** Rules of a rollout with `steps` steps: false rollback at most 1 %, a bad canary missed at most 0.1 %. */
export const rules = (steps: number): Rules => ({
  risks: { alpha: 0.005 / steps, beta: 0.0005 },
  errorMargin: 0.007,
  errorFloor: 0.001,
  grossMargin: 0.1,
  slowMargin: 0.1,
  slowFloor: 0.12,
  slowAlone: { good: 0.2, bad: 0.5 },
  stableErrors: 0.05,
  splitFrom: 2000,
});

/** How often a rollout measures, and how long it waits for a verdict. */
export interface Pace {
  /** Seconds between two measurements. */
  readonly interval: number;
  /** Seconds between two progress lines of a step that is not decided. */
  readonly progressInterval: number;
  /** Seconds after which a step that is not decided pauses the rollout. */
  readonly stepTimeout: number;
  /** Seconds after the first step's weight change in which version 2 may be cold: measured, but not counted. */
  readonly warmUp: number;
  /** Seconds for which the weight before the rollout is measured before the first step. */
  readonly baseline: number;
}

export const usualPace: Pace = { interval: 2, progressInterval: 10, stepTimeout: 600, warmUp: 30, baseline: 20 };

/** The evidence of one step. */
export interface StepEvidence {
  /** Everything that was measured at this weight, without the warm-up. */
  readonly measured: Measurement;
  /** Percent of requests that version 2 should get. */
  readonly weight: number;
  /** What was measured at lower weights of the same rollout. Without it, a step that looks bad at 100 % pauses. */
  readonly baseline?: Baseline;
}

/** Why a verdict is what it is, for programs; `reason` says the same to a person. */
export type Code =
  | "as-good"
  | "failures"
  | "client-errors"
  | "redirects"
  | "slow"
  | "no-baseline"
  | "both-fail"
  | "split"
  | "unattributed"
  | "no-times"
  | "too-few-requests"
  | "not-measured";

export interface Verdict {
  /** `insufficient` is no failure and no success: it never advances. */
  readonly outcome: "pass" | "fail" | "insufficient";
  readonly code: Code;
  readonly reason: string;
}

const percent = (share: number): string => `${(share * 100).toFixed(1)} %`;

function bothBad({ stable }: Measurement, { stableErrors }: Rules): Verdict | undefined {
  const [least] = interval(failures(stable), stable.requests, 3);
  return stable.requests > 0 && least > stableErrors
    ? { outcome: "insufficient", code: "both-fail", reason: `the stable version fails too, at least ${percent(least)}` }
    : undefined;
}

/** Standard errors beyond which a split is no chance: one in 100,000. */
const splitDeviations = 4.42;

function splitOff({ measured: { stable, canary }, weight }: StepEvidence, { splitFrom }: Rules): Verdict | undefined {
  const requests = stable.requests + canary.requests;
  const [expected, share] = [(requests * weight) / 100, weight / 100];
  const allowed = splitDeviations * Math.sqrt(requests * share * (1 - share));
  return requests >= splitFrom && Math.abs(canary.requests - expected) > allowed
    ? {
        outcome: "insufficient",
        code: "split",
        reason: `the canary got ${canary.requests} of ${requests} requests, not ${weight} %`,
      }
    : undefined;
}

/**
 * What a step's window says of the canary, relative to the stable version over the same window.
 *
 * May be asked again and again while the window grows. A canary at 100 % has no stable version beside it: its errors are
 * held to the floor, and slow answers, if many, are a doubt, since the whole machine may be slow.
 */
export function judge(step: StepEvidence, rules: Rules): Verdict {
  const { canary } = step.measured;
  const alone = step.weight === 100;
  // a histogram that is late still tells of the stable version's last seconds, which were not these
  const stable = alone ? noCounts : step.measured.stable;
  const than = (margin: number) => besides(failures(stable), stable.requests, margin, rules.errorFloor);
  const slow = alone ? rules.slowAlone : besides(stable.slow, stable.timed, rules.slowMargin, rules.slowFloor);
  const doubt = bothBad({ ...step.measured, stable }, rules) ?? splitOff(step, rules);
  if (doubt) return doubt;
  // two tests of the same errors share the risk of a false rollback
  const half = { ...rules.risks, alpha: rules.risks.alpha / 2 };
  const few = sprt(failures(canary), canary.requests, than(rules.errorMargin), half);
  const many = sprt(failures(canary), canary.requests, than(rules.grossMargin), half);
  const failing = many === "bad" ? many : few;
  // a rollout resumed at 100 % has no stable version from which to learn what is slow
  const untimed = canary.timed === 0 && alone;
  const slowing = untimed ? "good" : sprt(canary.slow, canary.timed, slow, rules.risks);
  const rate = (hits: number, requests: number) => percent(hits / Math.max(1, requests));
  if (failing === "bad")
    return {
      outcome: "fail",
      code: "failures",
      reason: `errors ${rate(failures(canary), canary.requests)}, stable ${rate(failures(stable), stable.requests)}`,
    };
  if (slowing === "bad" && alone)
    return {
      outcome: "insufficient",
      code: "no-baseline",
      reason: `slow ${rate(canary.slow, canary.timed)}, with no stable version beside it`,
    };
  if (slowing === "bad")
    return {
      outcome: "fail",
      code: "slow",
      reason: `slow ${rate(canary.slow, canary.timed)}, stable ${rate(stable.slow, stable.timed)}`,
    };
  if (failing === "good" && slowing === "good")
    return {
      outcome: "pass",
      code: "as-good",
      reason: `errors ${rate(failures(canary), canary.requests)} of ${canary.requests} requests`,
    };
  const reason =
    failing === "good" && canary.timed === 0
      ? `none of ${canary.requests} answers of the canary came with its time`
      : `${canary.requests} requests of the canary do not decide yet`;
  return { outcome: "insufficient", code: canary.timed === 0 ? "no-times" : "too-few-requests", reason };
}

/** Verdict on a step while version 2 may still be cold: never a pass, and a failure only when most of it fails. */
export function judgeWarmUp(_step: StepEvidence, _rules: Rules): Verdict {
  return { outcome: "insufficient", code: "too-few-requests", reason: "version 2 is warming up" };
}

/** Where a step stands, for a person who waits for its verdict. */
export function progressLine({ measured: { stable, canary }, weight }: StepEvidence, { reason }: Verdict): string {
  const requests = stable.requests + canary.requests;
  const rate = (hits: number, of: number) => percent(hits / Math.max(1, of));
  const errors = `errors ${rate(failures(canary), canary.requests)}, stable ${rate(failures(stable), stable.requests)}`;
  return `weight ${weight} %: ${requests} requests, ${rate(canary.requests, requests)} of them to version 2, ${errors}; ${reason}`;
}
