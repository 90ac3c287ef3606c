import { setTimeout as pause } from "node:timers/promises";
import { addMeasurements, noMeasurement } from "../../../model/canary/evidence";
import { evidenceOf } from "../../../model/canary/journalEvidence";
import { OverdueSinceFirst } from "../../../model/canary/overdue";
import { judgeCanary, progressLine, rulesOfStep, type Verdict } from "../../../model/canary/verdict";
import { warmUp } from "./warmUp";
import { type MeasurementParts, progressReporter, secondsSince, stepEvidence, windowOf } from "./window";

export type { MeasurementParts } from "./window";

/**
 * Measures the weight before the rollout. Without it, requests without an answer could not be compared.
 *
 * @param warmUp - true if the first step has the same weight, so that no verdict may count these windows
 * @returns a verdict if no window could be measured or the counters were reset, else undefined
 */
export async function measureBaseline(
  measuring: MeasurementParts,
  weight: number,
  warmUp = false,
): Promise<Verdict | undefined> {
  const { pace, interrupted } = measuring;
  const begun = performance.now();
  let failed: Verdict | undefined;
  let isMeasured = false;
  const overdue = new OverdueSinceFirst();
  while (secondsSince(begun) < pace.baseline && !interrupted.aborted) {
    const window = await windowOf(measuring, weight, overdue, warmUp);
    if (!("failed" in window)) isMeasured = true;
    else if (window.final) return window.failed;
    else failed = window.failed;
  }
  return isMeasured ? undefined : failed;
}

/**
 * Measures a step until there is a verdict, or until the step's time is over. Windows of the step in the journal count too.
 *
 * @param steps - of the rollout, over which the risk of a wrong rollback is spread
 * @param cold - true when version 2 has to warm up
 */
export async function measureStep(
  measuring: MeasurementParts,
  weight: number,
  steps: readonly number[],
  cold: boolean,
): Promise<Verdict> {
  const { provider, journal, pace, interrupted } = measuring;
  const thresholds = {
    ...rulesOfStep(steps, weight),
    ...(!provider.byWeight && { splitFrom: Number.POSITIVE_INFINITY }),
  };
  // the provider may still report requests of the weight before, which must not count for this step
  await pause(provider.lag * 1000, undefined, { signal: interrupted }).catch(() => {});
  const cannotWarm = cold ? await warmUp(measuring, weight, steps) : undefined;
  if (cannotWarm) return cannotWarm;
  const report = progressReporter(measuring);
  const overdue = new OverdueSinceFirst();
  const begun = performance.now();
  let verdict: Verdict = { outcome: "insufficient", code: "not-measured", reason: "nothing was measured" };
  while (secondsSince(begun) < pace.stepTimeout && !interrupted.aborted) {
    const window = await windowOf(measuring, weight, overdue);
    if (interrupted.aborted) break;
    if ("failed" in window) {
      verdict = window.failed;
      if (window.final) return verdict;
      report(() => `weight ${weight} %: ${window.failed.reason}`);
      continue;
    }
    const { measured } = evidenceOf(journal.entries);
    const atWeight = measured
      .filter((measurement) => measurement.weight === weight)
      .reduce(addMeasurements, noMeasurement);
    const step = stepEvidence(atWeight, weight, journal);
    verdict = judgeCanary(step, thresholds);
    if (verdict.outcome !== "insufficient") return verdict;
    report(() => progressLine(step, verdict));
  }
  return verdict;
}
