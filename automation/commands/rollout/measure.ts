import { setTimeout as pause } from "node:timers/promises";
import { CounterReset } from "../../../model/canary/counters";
import { addMeasurements, baselineOf, type Measurement, noMeasurement } from "../../../model/canary/evidence";
import { evidenceOf } from "../../../model/canary/plan";
import {
  judge,
  judgeWarmUp,
  type Pace,
  progressLine,
  rules,
  type StepEvidence,
  type Verdict,
  warmUpRequests,
} from "../../../model/canary/verdict";
import type { Journal } from "./journal";
import type { MetricsProvider } from "./source";

/** Parts that a measurement needs: the provider, the journal that records it, and its pace. */
export interface Measuring {
  readonly provider: MetricsProvider;
  readonly journal: Pick<Journal, "add" | "entries">;
  readonly pace: Pace;
  readonly say: (line: string) => void;
  readonly interrupted: AbortSignal;
}

/** Seconds since a moment of the monotonic clock. */
const since = (moment: number): number => (performance.now() - moment) / 1000;

type Window = Measurement | { readonly failed: Verdict; readonly final: boolean };

/** One window, which is in the journal. A provider that fails is asked again only after the interval. */
async function windowOf(
  { provider, journal, pace, interrupted }: Measuring,
  weight: number,
  warmUp: boolean,
): Promise<Window> {
  const begun = performance.now();
  let measurement: Measurement;
  try {
    measurement = await provider.measure(pace.interval, interrupted);
  } catch (error) {
    const reason = `${provider.name}: ${(error as Error).message}`;
    const final = error instanceof CounterReset;
    const rest = Math.max(0, pace.interval - since(begun)) * 1000;
    if (!final) await pause(rest, undefined, { signal: interrupted }).catch(() => {});
    return { failed: { outcome: "insufficient", code: "not-measured", reason }, final };
  }
  await journal.add({ kind: "measured", weight, ...(warmUp && { warmUp }), ...measurement });
  return measurement;
}

/** Calls `say` at most once in each progress interval. */
function progress({ say, pace }: Measuring): (line: () => string) => void {
  let last = performance.now();
  return (line) => {
    if (since(last) < pace.progressInterval) return;
    last = performance.now();
    say(line());
  };
}

/**
 * Measures the weight before the rollout. Without it, requests without an answer could not be compared.
 *
 * @returns a verdict only if not one window could be measured, or the counters were reset
 */
export async function measureBaseline(measuring: Measuring, weight: number): Promise<Verdict | undefined> {
  const { pace, interrupted } = measuring;
  const begun = performance.now();
  let failed: Verdict | undefined;
  let isMeasured = false;
  while (since(begun) < pace.baseline && !interrupted.aborted) {
    const window = await windowOf(measuring, weight, false);
    if (!("failed" in window)) isMeasured = true;
    else if (window.final) return window.failed;
    else failed = window.failed;
  }
  return isMeasured ? undefined : failed;
}

/** Measures while version 2 may be cold. Returns a verdict only when it fails grossly, or when nothing can be measured. */
async function warmUp(measuring: Measuring, weight: number, steps: readonly number[]): Promise<Verdict | undefined> {
  const { pace, interrupted, journal, say } = measuring;
  if (pace.warmUp === 0) return undefined;
  say(`weight ${weight} %: warming up for ${pace.warmUp} s`);
  const report = progress(measuring);
  const begun = performance.now();
  let measured = noMeasurement;
  let verdict: Verdict | undefined;
  const answers = () => measured.canary.requests - measured.canary.noAnswer;
  while (since(begun) < pace.warmUp || answers() < warmUpRequests) {
    if (interrupted.aborted) return undefined;
    if (since(begun) > pace.warmUp + pace.stepTimeout)
      return (
        verdict ?? {
          outcome: "insufficient",
          code: "too-few-requests",
          reason: `version 2 answered ${answers()} requests, too few to warm up`,
        }
      );
    const window = await windowOf(measuring, weight, true);
    if ("failed" in window) {
      verdict = window.failed;
      if (window.final) return verdict;
    } else {
      measured = addMeasurements(measured, window);
      verdict = undefined;
      const judged = judgeWarmUp(evidence(measured, weight, journal), rules(steps, weight));
      if (judged.outcome === "fail") return judged;
    }
    report(() => `weight ${weight} %: warming up; ${verdict?.reason ?? `version 2 answered ${answers()} requests`}`);
  }
  return undefined;
}

function evidence(measured: Measurement, weight: number, { entries }: Pick<Journal, "entries">): StepEvidence {
  const baseline = baselineOf(evidenceOf(entries).measured, weight);
  return { measured, weight, ...(baseline && { baseline }) };
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
  const begun = performance.now();
  let verdict: Verdict = { outcome: "insufficient", code: "not-measured", reason: "nothing was measured" };
  while (since(begun) < pace.stepTimeout && !interrupted.aborted) {
    const window = await windowOf(measuring, weight, false);
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
