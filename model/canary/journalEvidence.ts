import { addMeasurements, type Measurement, noMeasurement, type WeightedMeasurement } from "./evidence";
import type { RolloutEntry } from "./plan";

/** Measurements of the last rollout that were made with the versions of the app that run now. */
export interface JournalEvidence {
  /** Without the warm-up. */
  readonly measured: readonly WeightedMeasurement[];
  /** Sum of the warm-up. */
  readonly warmUp: Measurement;
  /** Milliseconds above which an answer was slow, by the last measurement that has them. */
  readonly slowAbove?: number;
}

/**
 * Evidence in the journal of a rollout.
 *
 * A resumed rollout continues with the earlier evidence only if the versions of the app are known to be the
 * same.
 */
export function evidenceOf(entries: readonly RolloutEntry[]): JournalEvidence {
  let running: string | undefined;
  let evidence: JournalEvidence = { measured: [], warmUp: noMeasurement };
  const noEvidence = evidence;
  for (const entry of entries) {
    const versions = "versions" in entry ? entry.versions : undefined;
    if (entry.kind === "begun") evidence = noEvidence;
    if (entry.kind === "resumed" && (versions === undefined || versions !== running)) evidence = noEvidence;
    if (entry.kind === "step" && running !== undefined && versions !== undefined && versions !== running)
      evidence = noEvidence;
    if (entry.kind === "begun" || entry.kind === "resumed") running = versions;
    if (entry.kind === "step") running = versions ?? running;
    if (entry.kind !== "measured") continue;
    const { at: _at, kind: _kind, warmUp, ...measurement } = entry;
    const slowAbove = measurement.slowAbove ?? evidence.slowAbove;
    evidence = {
      measured: warmUp ? evidence.measured : [...evidence.measured, measurement],
      warmUp: warmUp ? addMeasurements(evidence.warmUp, measurement) : evidence.warmUp,
      ...(slowAbove !== undefined && { slowAbove }),
    };
  }
  return evidence;
}
