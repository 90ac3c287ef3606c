import type { Measurement } from "./evidence";
import type { Verdict } from "./verdict";

/** Steps of a rollout, and the weight before it. */
export interface RolloutPlan {
  /** Weights of version 2 in percent, rising. */
  readonly steps: readonly number[];
  /** Weight before the rollout. */
  readonly from: number;
}

/** Ends at which version 2 gets no more traffic than before the rollout. */
export type RollbackEnd = "rolled back" | "cancelled";

/** End of a rollout, or of its process. */
export type RolloutEnd = "promoted" | "paused" | "not rolled back" | RollbackEnd;

/** A rollback that was decided. */
export interface Rollback {
  /** Weight of version 2 in percent after the rollback. */
  readonly to: number;
  readonly end: RollbackEnd;
  readonly reason: string;
}

/** Fingerprint of both versions of the app; undefined when the cluster did not answer. */
export interface AppVersions {
  readonly versions?: string;
}

type Measured = {
  readonly kind: "measured";
  readonly weight: number;
  /** True while version 2 may be cold: not counted by a verdict, and in no baseline. */
  readonly warmUp?: boolean;
} & Measurement;

/** A line of a rollout's journal without its time. */
export type RolloutEvent =
  | ({ readonly kind: "begun"; readonly plan: RolloutPlan } & AppVersions)
  | ({ readonly kind: "resumed" } & AppVersions)
  | ({ readonly kind: "step"; readonly weight: number } & AppVersions)
  | Measured
  | { readonly kind: "verdict"; readonly weight: number; readonly verdict: Verdict }
  | ({ readonly kind: "rolling back" } & Rollback)
  | { readonly kind: "ended"; readonly end: RolloutEnd; readonly reason: string };

/** One line of a rollout's journal, with the time of day in ISO 8601. The lines describe the whole rollout. */
export type RolloutEntry = { readonly at: string } & RolloutEvent;

/** State of a rollout by its journal. */
export interface RolloutStatus {
  readonly plan: RolloutPlan;
  /** Index of the step under way, or of the next step. */
  readonly step: number;
  /** Rollback that was decided and has not ended. A rollout in this state never goes forward again. */
  readonly rollback?: Rollback;
  /** Undefined while the rollout runs, or when its process was killed. */
  readonly end?: RolloutEnd;
  readonly reason?: string;
}

/**
 * Rollback from the step that is under way.
 *
 * It never gives version 2 more traffic than that step. After a failed step it gives version 2 less: a rollout that
 * began at the weight of its first step returns to 0.
 */
export function rollbackOf({ plan, step }: RolloutStatus, end: RollbackEnd, reason: string, failed = false): Rollback {
  const weight = plan.steps[Math.min(step, plan.steps.length - 1)] ?? 0;
  const to = failed && plan.from >= weight ? 0 : Math.min(plan.from, weight);
  return { to, end, reason };
}

function statusAfter(now: RolloutStatus, entry: RolloutEntry): RolloutStatus {
  const { plan, step } = now;
  switch (entry.kind) {
    case "step":
      return { plan, step: Math.max(0, plan.steps.indexOf(entry.weight)) };
    case "resumed":
      return now.rollback ? { plan, step, rollback: now.rollback } : { plan, step };
    case "verdict":
      if (entry.verdict.outcome === "pass") return { plan, step: step + 1 };
      // the process may be killed between the verdict and the line that announces the rollback
      if (entry.verdict.outcome === "fail")
        return { ...now, rollback: rollbackOf(now, "rolled back", entry.verdict.reason, true) };
      return now;
    case "rolling back":
      return { plan, step, rollback: { to: entry.to, end: entry.end, reason: entry.reason } };
    case "ended": {
      const unfinished = entry.end === "not rolled back" && now.rollback && { rollback: now.rollback };
      return { plan, step, ...unfinished, end: entry.end, reason: entry.reason };
    }
    default:
      return now;
  }
}

/** State of a rollout by its journal. Undefined when the journal begins no rollout. */
export function statusOf(entries: readonly RolloutEntry[]): RolloutStatus | undefined {
  let now: RolloutStatus | undefined;
  for (const entry of entries) {
    if (entry.kind === "begun") now = { plan: entry.plan, step: 0 };
    else if (now) now = statusAfter(now, entry);
  }
  return now;
}

/** True when `resume` and `abort` have something to do: the rollout paused, its process was killed, or its rollback failed. */
export const isResumable = ({ end }: RolloutStatus): boolean =>
  end === undefined || end === "paused" || end === "not rolled back";
