import {
  addMeasurements,
  failedRequests,
  type Measurement,
  noCounts,
  type RequestCounts,
  withOverdue,
} from "../evidence";
import { type RolloutEntry, type RolloutStatus, statusOf } from "../plan";
import { wilsonInterval } from "../share";
import { outcomeNames } from "../verdict";

/** One step, or the time before the first one. */
export interface StepBand {
  /** Percent of version 2. */
  readonly weight: number;
  /** Seconds since the rollout began. */
  readonly from: number;
  readonly to: number;
  readonly kind: "baseline" | "step" | "rollback";
  readonly outcome: "passed" | "failed" | "not decided";
  readonly reason: string;
}

/** Measurements of a few seconds together. Requests that are overdue count as requests without an answer. */
export interface TimelineSample {
  /** Seconds since the rollout began, at the end of the sample. */
  readonly at: number;
  readonly measured: Measurement;
}

/** A rollout over time. */
export interface Timeline {
  readonly began: Date;
  readonly seconds: number;
  readonly bands: readonly StepBand[];
  readonly samples: readonly TimelineSample[];
  /** Share of failures of the stable version in the whole rollout: interval of 95 %, from 0 to 1. */
  readonly baseline: readonly [low: number, high: number] | undefined;
  readonly status: RolloutStatus;
}

/** Number of samples that fit into a chart. */
const maxSamples = 36;

function bandsOf(entries: readonly RolloutEntry[], seconds: (entry: RolloutEntry) => number, end: number): StepBand[] {
  const bands: StepBand[] = [];
  const open = (band: Omit<StepBand, "to" | "outcome" | "reason">) => {
    const last = bands.pop();
    if (last) bands.push({ ...last, to: band.from });
    bands.push({ ...band, to: end, outcome: "not decided", reason: "" });
  };
  const close = (change: Partial<StepBand>) => {
    const last = bands.pop();
    if (last) bands.push({ ...last, ...change });
  };
  for (const entry of entries) {
    const from = seconds(entry);
    if (entry.kind === "begun") open({ weight: entry.plan.from, from, kind: "baseline" });
    if (entry.kind === "step") open({ weight: entry.weight, from, kind: "step" });
    if (entry.kind === "rolling back") open({ weight: entry.to, from, kind: "rollback" });
    if (entry.kind === "verdict") close({ outcome: outcomeNames[entry.verdict.outcome], reason: entry.verdict.reason });
    if (entry.kind === "ended") close({ to: from, ...(bands.at(-1)?.reason === "" && { reason: entry.reason }) });
  }
  return bands;
}

function samplesOf(
  entries: readonly RolloutEntry[],
  seconds: (entry: RolloutEntry) => number,
  end: number,
): TimelineSample[] {
  const samples: (TimelineSample & { weight: number; slot: number })[] = [];
  for (const entry of entries) {
    if (entry.kind !== "measured") continue;
    const { at: _at, kind: _kind, weight, warmUp: _warmUp, ...measured } = entry;
    const at = seconds(entry);
    const slot = Math.floor((at * maxSamples) / Math.max(1, end));
    const last = samples.at(-1);
    if (last?.slot === slot && last.weight === weight)
      samples.splice(-1, 1, { ...last, at, measured: addMeasurements(last.measured, measured) });
    else samples.push({ at, measured, weight, slot });
  }
  return samples.map(({ at, measured }) => ({ at, measured }));
}

/** The rollout of a journal over time. Undefined when the journal begins no rollout. */
export function timelineOf(entries: readonly RolloutEntry[]): Timeline | undefined {
  const [first, last, status] = [entries[0], entries.at(-1), statusOf(entries)];
  if (!first || !last || !status) return undefined;
  const began = new Date(first.at);
  const seconds = ({ at }: RolloutEntry) => Math.max(0, (Date.parse(at) - began.getTime()) / 1000);
  const end = Math.max(1, seconds(last));
  const samples = samplesOf(entries, seconds, end);
  const stable = samples.reduce<RequestCounts>(
    (sum, { measured }) =>
      addMeasurements({ ...measured, stable: sum }, { ...measured, canary: noCounts, unattributed: 0 }).stable,
    noCounts,
  );
  const baseline = stable.requests > 0 ? wilsonInterval(failedRequests(stable), stable.requests) : undefined;
  return {
    ...{ began, seconds: end, bands: bandsOf(entries, seconds, end), baseline, status },
    samples: samples.map(({ at, measured }) => ({ at, measured: withOverdue(measured) })),
  };
}
