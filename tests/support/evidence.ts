import { type Baseline, noCounts, type RequestCounts } from "../../model/canary/evidence";
import { judgeCanary, rulesOfStep, type StepEvidence } from "../../model/canary/verdict";

export const counts = (requests: number, more: Partial<RequestCounts> = {}): RequestCounts => ({
  ...noCounts,
  requests,
  slow: Math.round(requests / 10),
  timed: requests,
  ...more,
});
export const errors = (requests: number, serverErrors: number): RequestCounts => counts(requests, { serverErrors });
export const thresholds = rulesOfStep([5, 25, 50, 100]);

/** Version 1 before the rollout, with nothing wrong unless said otherwise. */
export const quiet = (stable: RequestCounts = counts(20_000), unattributed = 0): Baseline => ({
  stable,
  lowest: { weight: 0, requests: stable.requests + unattributed, unattributed },
});
export const step = (
  weight: number,
  stable: RequestCounts,
  canary: RequestCounts,
  more: Partial<StepEvidence> = {},
  unattributed = 0,
) => judgeCanary({ measured: { stable, canary, unattributed }, weight, ...more }, thresholds);
