import { addMeasurements, noMeasurement } from "../../../model/canary/evidence";
import { OverdueSinceFirst } from "../../../model/canary/overdue";
import { judgeWarmUp, rulesOfStep, type Verdict, warmUpRequests } from "../../../model/canary/verdict";
import { type MeasurementParts, progressReporter, secondsSince, stepEvidence, windowOf } from "./window";

/** Measures while version 2 may be cold. Returns a verdict only when it fails grossly, or when nothing can be measured. */
export async function warmUp(
  measuring: MeasurementParts,
  weight: number,
  steps: readonly number[],
): Promise<Verdict | undefined> {
  const { pace, interrupted, journal, say } = measuring;
  if (pace.warmUp === 0) return undefined;
  say(`weight ${weight} %: warming up for ${pace.warmUp} s`);
  const report = progressReporter(measuring);
  const begun = performance.now();
  const overdue = new OverdueSinceFirst();
  let measured = noMeasurement;
  let verdict: Verdict | undefined;
  const answers = () => measured.canary.requests - measured.canary.noAnswer;
  while (secondsSince(begun) < pace.warmUp || answers() < warmUpRequests) {
    if (interrupted.aborted) return undefined;
    if (secondsSince(begun) > pace.warmUp + pace.stepTimeout)
      return (
        verdict ?? {
          outcome: "insufficient",
          code: "too-few-requests",
          reason: `version 2 answered ${answers()} requests, too few to warm up`,
        }
      );
    const window = await windowOf(measuring, weight, overdue, true);
    if ("failed" in window) {
      verdict = window.failed;
      if (window.final) return verdict;
    } else {
      measured = addMeasurements(measured, window);
      verdict = undefined;
      const judged = judgeWarmUp(stepEvidence(measured, weight, journal), rulesOfStep(steps, weight));
      if (judged.outcome === "fail") return judged;
    }
    report(() => `weight ${weight} %: warming up; ${verdict?.reason ?? `version 2 answered ${answers()} requests`}`);
  }
  return undefined;
}
