/** Classes of outcome in which version 2 is compared with version 1. */
export const outcomeClasses = ["failures", "client-errors", "redirects", "slow"] as const;
export type OutcomeClass = (typeof outcomeClasses)[number];

/** Rules by which a class is compared. Rates are shares of requests from 0 to 1. */
export interface ClassRules {
  /** Version 2 passes only if its rate is surely less than this above the stable version's rate. */
  readonly margin: number;
  /** The same relative to the stable version's own rate; the larger of both counts. */
  readonly relativeMargin: number;
  /** Version 2 fails if its rate is surely more than this many times the stable version's. */
  readonly tolerance: number;
  /** `margin` and `tolerance` at weights at which version 2 is compared with the baseline. */
  readonly baselineMargin: number;
  readonly baselineTolerance: number;
  /** Rate that never fails a version. */
  readonly floor: number;
  /** Part of the risk of a false rollback that this class may spend. */
  readonly riskShare: number;
}

/** Rules by which a step judges version 2. */
export interface StepRules {
  /** Probability that a step rolls back a canary that is as good as the stable version. */
  readonly falseRollback: number;
  /** Probability that a canary passes that is worse than the stable version by the margin; the same for the stable version's band. */
  readonly falsePass: number;
  readonly classes: Readonly<Record<OutcomeClass, ClassRules>>;
  /** Weight above which the stable version gets too few requests to compare with, so that the baseline counts. */
  readonly baselineAbove: number;
  /** Both versions have to fail more than this for the rollout to wait. */
  readonly bothFail: number;
  /** Least number of hits that fails version 2. */
  readonly leastHits: number;
  /** The same during the warm-up, in which slow answers never fail it. */
  readonly warmUpLeastHits: number;
  /** Probability that the stable version leaves more requests unanswered than its band says. */
  readonly unansweredRisk: number;
  /** Part of the risk of a false rollback for requests of unknown version that stay without an answer. */
  readonly unansweredShare: number;
  /** Requests of both versions from which their split is checked. */
  readonly splitFrom: number;
}

const classRules = (rules: Pick<ClassRules, "margin" | "riskShare"> & Partial<ClassRules>): ClassRules => ({
  relativeMargin: 0,
  tolerance: 1,
  baselineMargin: rules.margin,
  baselineTolerance: rules.tolerance ?? 1,
  floor: 0.001,
  ...rules,
});

/** Clients cause 4xx and 3xx too, such as 404 and 304, so these may differ more. */
const causedByClients = classRules({ margin: 0.02, relativeMargin: 0.5, tolerance: 1.25, riskShare: 0.15 });

/**
 * Rules of one step of a rollout.
 *
 * All steps together roll back at most 1 % of the canaries that are as good. Only the last step decides about a
 * promotion, so the steps before it may pass somewhat more easily: a canary that they let through by chance has to pass
 * the last one too.
 *
 * @param weight - of the step. @default the last one
 */
export const rulesOfStep = (steps: readonly number[], weight = steps.at(-1)): StepRules => ({
  falseRollback: 0.008 / steps.length,
  falsePass: weight === steps.at(-1) ? 0.0005 : 0.005,
  classes: {
    failures: classRules({ margin: 0.01, riskShare: 0.45 }),
    "client-errors": causedByClients,
    redirects: causedByClients,
    // all of the load makes any version slower
    slow: classRules({
      margin: 0.1,
      tolerance: 1.5,
      baselineMargin: 0.25,
      baselineTolerance: 4,
      riskShare: 0.15,
    }),
  },
  baselineAbove: 75,
  bothFail: 0.05,
  leastHits: 3,
  warmUpLeastHits: 8,
  unansweredRisk: 0.005,
  unansweredShare: 0.1,
  splitFrom: 2000,
});

/** Intervals at which a rollout measures, and the time that it waits for a verdict. */
export interface RolloutPace {
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

export const usualPace: RolloutPace = { interval: 2, progressInterval: 10, stepTimeout: 600, warmUp: 30, baseline: 30 };

/** Requests that version 2 has to answer before its warm-up ends. */
export const warmUpRequests = 50;
