import { type Baseline, type Counts, noCounts } from "../../model/canary/evidence";
import { judge, rules, type StepEvidence } from "../../model/canary/verdict";

export const counts = (requests: number, more: Partial<Counts> = {}): Counts => ({
  ...noCounts,
  requests,
  slow: Math.round(requests / 10),
  timed: requests,
  ...more,
});
export const errors = (requests: number, serverErrors: number): Counts => counts(requests, { serverErrors });
export const thresholds = rules([5, 25, 50, 100]);

/** Version 1 before the rollout, with nothing wrong unless said otherwise. */
export const quiet = (stable: Counts = counts(20_000), unattributed = 0): Baseline => ({
  stable,
  lowest: { weight: 0, requests: stable.requests + unattributed, unattributed },
});
export const step = (
  weight: number,
  stable: Counts,
  canary: Counts,
  more: Partial<StepEvidence> = {},
  unattributed = 0,
) => judge({ measured: { stable, canary, unattributed }, weight, ...more }, thresholds);
