import type { RequestCounts } from "./evidence";
import { requestsNeeded } from "./needs";
import { rulesOfStep } from "./thresholds";

/** Traffic before the first step. */
export interface BaselineTraffic {
  readonly perSecond: number;
  /** The stable version in it. */
  readonly stable: RequestCounts;
}

const rounded = (value: number): string => Number(value.toPrecision(2)).toLocaleString("en");

/**
 * One line for each step: how many requests it needs, and how long that takes at the present traffic.
 *
 * @param stepTimeout - seconds that a step may take
 */
export function forecastSteps(
  steps: readonly number[],
  { perSecond, stable }: BaselineTraffic,
  stepTimeout: number,
): string[] {
  return steps.map((weight) => {
    const needed = requestsNeeded(weight, stable, rulesOfStep(steps, weight));
    const step = `step ${weight} %: `;
    if (!Number.isFinite(needed)) return `${step}no number of requests is enough, so the rollout will pause there`;
    const requests = `${step}about ${rounded(needed)} requests of both versions`;
    if (perSecond === 0) return `${requests}, and there is no traffic now, so the rollout will pause there`;
    const seconds = needed / perSecond;
    const time = `${requests}, ${rounded(seconds)} s at ${rounded(perSecond)} a second`;
    return seconds <= stepTimeout
      ? time
      : `${time}: longer than --patience ${stepTimeout}, so the rollout will pause there; fix: --patience ${Math.ceil((seconds * 1.5) / 60) * 60}, or more traffic`;
  });
}
