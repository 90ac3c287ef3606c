import { setTimeout as pause } from "node:timers/promises";
import { CounterReset } from "../../../model/canary/counters";
import { baselineOf, type Measurement } from "../../../model/canary/evidence";
import { evidenceOf } from "../../../model/canary/journalEvidence";
import type { OverdueSinceFirst } from "../../../model/canary/overdue";
import type { RolloutPace, StepEvidence, Verdict } from "../../../model/canary/verdict";
import type { RolloutJournal } from "./journal";
import type { MetricsProvider } from "./metricsProvider";

/** Parts that a measurement needs: the provider, the journal that records it, and its pace. */
export interface MeasurementParts {
  readonly provider: MetricsProvider;
  readonly journal: Pick<RolloutJournal, "add" | "entries">;
  readonly pace: RolloutPace;
  readonly say: (line: string) => void;
  readonly interrupted: AbortSignal;
}

/** Seconds since a moment of the monotonic clock. */
export const secondsSince = (moment: number): number => (performance.now() - moment) / 1000;

type Window = Measurement | { readonly failed: Verdict; readonly final: boolean };

/**
 * Measures one window and writes it into the journal. If the provider fails, it waits for the rest of the interval.
 *
 * @param overdue - of the previous windows at the same weight
 */
export async function windowOf(
  { provider, journal, pace, interrupted }: MeasurementParts,
  weight: number,
  overdue: OverdueSinceFirst,
  warmUp = false,
): Promise<Window> {
  const begun = performance.now();
  let measurement: Measurement;
  try {
    measurement = overdue.of(await provider.measure(pace.interval, interrupted));
  } catch (error) {
    const reason = `${provider.name}: ${(error as Error).message}`;
    const final = error instanceof CounterReset;
    const rest = Math.max(0, pace.interval - secondsSince(begun)) * 1000;
    if (!final) await pause(rest, undefined, { signal: interrupted }).catch(() => {});
    return { failed: { outcome: "insufficient", code: "not-measured", reason }, final };
  }
  await journal.add({ kind: "measured", weight, ...(warmUp && { warmUp }), ...measurement });
  return measurement;
}

/** Calls `say` at most once in each progress interval. */
export function progressReporter({ say, pace }: MeasurementParts): (line: () => string) => void {
  let last = performance.now();
  return (line) => {
    if (secondsSince(last) < pace.progressInterval) return;
    last = performance.now();
    say(line());
  };
}

/** Measurements of a step, with the baseline of the stable version from the journal. */
export function stepEvidence(
  measured: Measurement,
  weight: number,
  { entries }: Pick<RolloutJournal, "entries">,
): StepEvidence {
  const baseline = baselineOf(evidenceOf(entries).measured, weight);
  return { measured, weight, ...(baseline && { baseline }) };
}
