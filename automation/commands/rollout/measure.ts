import { setTimeout as pause } from "node:timers/promises";
import { addMeasurements, noMeasurement } from "../../../model/canary/evidence";
import { evidenceOf } from "../../../model/canary/journalEvidence";
import { OverdueSinceFirst } from "../../../model/canary/overdue";
import { judge, progressLine, rules, type Verdict } from "../../../model/canary/verdict";
import { warmUp } from "./warmUp";
import { evidence, type Measuring, progress, since, windowOf } from "./window";

export type { Measuring } from "./window";

/**
 * Measures the weight before the rollout. Without it, requests without an answer could not be compared.
 *
 * @param warmUp - true if the first step has the same weight, so that no verdict may count these windows
 * @returns a verdict only if not one window could be measured, or the counters were reset
 */
export async function measureBaseline(
  measuring: Measuring,
  weight: number,
  warmUp = false,
): Promise<Verdict | undefined> {
  const { pace, interrupted } = measuring;
  const begun = performance.now();
  let failed: Verdict | undefined;
  let isMeasured = false;
  const overdue = new OverdueSinceFirst();
  while (since(begun) < pace.baseline && !interrupted.aborted) {
    const window = await windowOf(measuring, weight, overdue, warmUp);
    if (!("failed" in window)) isMeasured = true;
    else if (window.final) return window.failed;
    else failed = window.failed;
  }
  return isMeasured ? undefined : failed;
}

/**
 * Measures a step until there is a verdict, or until the step's time is over. Counts what the journal has of the step.
 *
 * @param steps - of the rollout, over which the risk of a wrong rollback is spread
 * @param cold - true when version 2 has to warm up
 */
export async function measureStep(
  measuring: Measuring,
  weight: number,
  steps: readonly number[],
  cold: boolean,
): Promise<Verdict> {
  const { provider, journal, pace, interrupted } = measuring;
  const thresholds = { ...rules(steps, weight), ...(!provider.byWeight && { splitFrom: Number.POSITIVE_INFINITY }) };
  // what the provider still reports of the weight before belongs to no window of this one
  await pause(provider.lag * 1000, undefined, { signal: interrupted }).catch(() => {});
  const cannotWarm = cold ? await warmUp(measuring, weight, steps) : undefined;
  if (cannotWarm) return cannotWarm;
  const report = progress(measuring);
  const overdue = new OverdueSinceFirst();
  const begun = performance.now();
  let verdict: Verdict = { outcome: "insufficient", code: "not-measured", reason: "nothing was measured" };
  while (since(begun) < pace.stepTimeout && !interrupted.aborted) {
    const window = await windowOf(measuring, weight, overdue);
    if (interrupted.aborted) break;
    if ("failed" in window) {
      verdict = window.failed;
      if (window.final) return verdict;
      report(() => `weight ${weight} %: ${window.failed.reason}`);
      continue;
    }
    const { measured } = evidenceOf(journal.entries);
    const own = measured.filter((one) => one.weight === weight).reduce(addMeasurements, noMeasurement);
    const step = evidence(own, weight, journal);
    verdict = judge(step, thresholds);
    if (verdict.outcome !== "insufficient") return verdict;
    report(() => progressLine(step, verdict));
  }
  return verdict;
}
