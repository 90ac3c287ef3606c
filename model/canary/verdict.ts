import { besides, type Counts, type Hypotheses, noCounts, type Risks, sprt } from "./sequential";
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

/** How a rollout goes about its steps. */
export interface Pace {
  /** Seconds between two looks. */
  readonly look: number;
  /** Seconds between two lines on a step that is not decided. */
  readonly tell: number;
  /** Seconds after which a step that is not decided pauses the rollout. */
  readonly patience: number;
}

export const usualPace: Pace = { look: 2, tell: 10, patience: 600 };

/** Both versions over the same window. */
export interface Window {
  readonly stable: Counts;
  readonly canary: Counts;
  /** Percent of requests that the canary should get. */
  readonly weight: number;
}

export interface Verdict {
  /** `insufficient` is no failure and no success: it never advances. */
  readonly outcome: "pass" | "fail" | "insufficient";
  readonly reason: string;
}

const percent = (share: number): string => `${(share * 100).toFixed(1)} %`;

function bothBad({ stable }: Window, { stableErrors }: Rules): Verdict | undefined {
  const [least] = interval(stable.errors, stable.requests, 3);
  return stable.requests > 0 && least > stableErrors
    ? { outcome: "insufficient", reason: `the stable version fails too, at least ${percent(least)}` }
    : undefined;
}

/** Standard errors beyond which a split is no chance: one in 100,000. */
const splitDeviations = 4.42;

function splitOff({ stable, canary, weight }: Window, { splitFrom }: Rules): Verdict | undefined {
  const requests = stable.requests + canary.requests;
  const [expected, share] = [(requests * weight) / 100, weight / 100];
  const allowed = splitDeviations * Math.sqrt(requests * share * (1 - share));
  return requests >= splitFrom && Math.abs(canary.requests - expected) > allowed
    ? { outcome: "insufficient", reason: `the canary got ${canary.requests} of ${requests} requests, not ${weight} %` }
    : undefined;
}

/**
 * What a step's window says of the canary, relative to the stable version over the same window.
 *
 * May be asked again and again while the window grows. A canary at 100 % has no stable version beside it: its errors are
 * held to the floor, and slow answers, if many, are a doubt, since the whole machine may be slow.
 */
export function judge(window: Window, rules: Rules): Verdict {
  const { canary } = window;
  const alone = window.weight === 100;
  // a histogram that is late still tells of the stable version's last seconds, which were not these
  const stable = alone ? noCounts : window.stable;
  const than = (margin: number) => besides(stable.errors, stable.requests, margin, rules.errorFloor);
  const slow = alone ? rules.slowAlone : besides(stable.slow, stable.timed, rules.slowMargin, rules.slowFloor);
  const doubt = bothBad({ ...window, stable }, rules) ?? splitOff(window, rules);
  if (doubt) return doubt;
  // two tests of the same errors share the risk of a false rollback
  const half = { ...rules.risks, alpha: rules.risks.alpha / 2 };
  const few = sprt(canary.errors, canary.requests, than(rules.errorMargin), half);
  const many = sprt(canary.errors, canary.requests, than(rules.grossMargin), half);
  const failing = many === "bad" ? many : few;
  // a rollout resumed at 100 % has no stable version from which to learn what is slow
  const untimed = canary.timed === 0 && alone;
  const slowing = untimed ? "good" : sprt(canary.slow, canary.timed, slow, rules.risks);
  const rate = (hits: number, requests: number) => percent(hits / Math.max(1, requests));
  if (failing === "bad")
    return {
      outcome: "fail",
      reason: `errors ${rate(canary.errors, canary.requests)}, stable ${rate(stable.errors, stable.requests)}`,
    };
  if (slowing === "bad" && alone)
    return {
      outcome: "insufficient",
      reason: `slow ${rate(canary.slow, canary.timed)}, with no stable version beside it`,
    };
  if (slowing === "bad")
    return {
      outcome: "fail",
      reason: `slow ${rate(canary.slow, canary.timed)}, stable ${rate(stable.slow, stable.timed)}`,
    };
  if (failing === "good" && slowing === "good")
    return { outcome: "pass", reason: `errors ${rate(canary.errors, canary.requests)} of ${canary.requests} requests` };
  const reason =
    failing === "good" && canary.timed === 0
      ? `none of ${canary.requests} answers of the canary came with its time`
      : `${canary.requests} requests of the canary do not decide yet`;
  return { outcome: "insufficient", reason };
}

/** Where a step stands, for a person who waits for its verdict. */
export function lookLine({ stable, canary, weight }: Window, { reason }: Verdict): string {
  const requests = stable.requests + canary.requests;
  const rate = (hits: number, of: number) => percent(hits / Math.max(1, of));
  const errors = `errors ${rate(canary.errors, canary.requests)}, stable ${rate(stable.errors, stable.requests)}`;
  return `weight ${weight} %: ${requests} requests, ${rate(canary.requests, requests)} of them to version 2, ${errors}; ${reason}`;
}
