import type { Measurement } from "./evidence";
import type { Verdict } from "./verdict";

/** What a rollout was asked to do. */
export interface Plan {
  /** Weights of version 2 in percent, rising. */
  readonly steps: readonly number[];
  /** Weight before the rollout, to which a rollback returns. */
  readonly from: number;
}

/** One line of a rollout's journal; the whole rollout is known from its lines. */
export type Entry =
  | { readonly at: string; readonly kind: "begun"; readonly plan: Plan }
  | { readonly at: string; readonly kind: "step"; readonly weight: number }
  | ({
      readonly at: string;
      readonly kind: "measured";
      readonly weight: number;
      /** True while version 2 may be cold: not counted by a verdict, and in no baseline. */
      readonly warmUp?: boolean;
    } & Measurement)
  | { readonly at: string; readonly kind: "verdict"; readonly weight: number; readonly verdict: Verdict }
  | { readonly at: string; readonly kind: "ended"; readonly end: End; readonly reason: string };

export type End = "promoted" | "rolled back" | "paused" | "cancelled";

/** Where a rollout stands. */
export interface Standing {
  readonly plan: Plan;
  /** Index of the step under way, or of the one to go on with. */
  readonly step: number;
  /** How it ended; undefined while it runs, or when its process was killed. */
  readonly end?: End;
  readonly reason?: string;
}

/** Where a rollout stands by its journal; undefined where there is none. */
export function standing(entries: readonly Entry[]): Standing | undefined {
  let now: Standing | undefined;
  for (const entry of entries) {
    if (entry.kind === "begun") now = { plan: entry.plan, step: 0 };
    if (!now) continue;
    if (entry.kind === "step") now = { plan: now.plan, step: now.plan.steps.indexOf(entry.weight) };
    if (entry.kind === "verdict" && entry.verdict.outcome === "pass") now = { plan: now.plan, step: now.step + 1 };
    if (entry.kind === "ended") now = { ...now, end: entry.end, reason: entry.reason };
  }
  return now;
}

/** Whether a rollout can go on: it was paused, or its process died before it ended. */
export const resumable = ({ end }: Standing): boolean => end === undefined || end === "paused";

/** @throws Error unless the steps are rising weights from 1 to 100, with what is allowed */
export function refuseSteps(steps: readonly number[], text = steps.join(",")): void {
  const rising = steps.every(
    (step, i) => Number.isInteger(step) && step >= 1 && step <= 100 && step > (steps[i - 1] ?? 0),
  );
  if (!rising || steps.length === 0)
    throw new Error(
      `--steps = "${text}" must be rising integers from 1 to 100, separated by commas; fix: --steps 5,25,50,100`,
    );
}

/**
 * The steps of a rollout from their text, such as 5,25,50,100.
 *
 * @throws Error with what is allowed
 */
export function parseSteps(text: string): number[] {
  const steps = text.split(",").map((part) => (/^\d{1,3}$/.test(part.trim()) ? Number(part) : Number.NaN));
  refuseSteps(steps, text);
  return steps;
}
