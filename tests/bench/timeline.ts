import { cpus } from "node:os";
import { markdownTable } from "../../model/output/table";
import { type Moment, momentLines } from "./moments";

/** A step of an up, in seconds since the command began. */
export interface Step {
  readonly name: string;
  readonly begins: number;
  readonly ends: number;
}

/** Share of the time in which all processors together were busy since the sample before. */
export interface ProcessorSample {
  /** Seconds since the measurement began. */
  readonly at: number;
  /** 0 to 1. */
  readonly busy: number;
}

function processorTimes(): { busy: number; all: number } {
  const times = cpus().map(({ times: { user, nice, sys, idle, irq } }) => ({ busy: user + nice + sys + irq, idle }));
  const busy = times.reduce((sum, each) => sum + each.busy, 0);
  return { busy, all: busy + times.reduce((sum, each) => sum + each.idle, 0) };
}

/** Samples the load of this machine's processors twice a second, until the returned function is called. */
export function watchProcessors(): () => ProcessorSample[] {
  const samples: ProcessorSample[] = [];
  const begun = performance.now();
  let before = processorTimes();
  const sample = () => {
    const now = processorTimes();
    if (now.all === before.all) return;
    samples.push({ at: (performance.now() - begun) / 1000, busy: (now.busy - before.busy) / (now.all - before.all) });
    before = now;
  };
  const timer = setInterval(sample, 500);
  return () => {
    clearInterval(timer);
    sample();
    return samples;
  };
}

/** Mean of the samples of a time, in percent; a short step has the sample that follows its end. */
export function busyPercent(samples: readonly ProcessorSample[], begins: number, ends: number): number {
  const next = samples.find(({ at }) => at >= ends)?.at ?? Number.POSITIVE_INFINITY;
  const inside = samples.filter(({ at }) => at > begins && at <= Math.max(ends, next));
  if (inside.length === 0) return Number.NaN;
  return (100 * inside.reduce((sum, { busy }) => sum + busy, 0)) / inside.length;
}

/** Seconds that a step has to take to be a row. */
const least = 1;
const percent = (value: number): string => (Number.isNaN(value) ? "unknown" : `${value.toFixed(0)} %`);

/** The section about what an up waits for. */
export function timelineSection(
  surroundings: readonly string[],
  { steps, samples, chain, seconds, moments }: Timeline,
): string {
  const rows = steps
    .filter(({ begins, ends }) => ends - begins >= least)
    .sort((a, b) => a.begins - b.begins || a.ends - b.ends)
    .map(({ name, begins, ends }) => {
      const title = chain.includes(name) ? `**${name}**` : name;
      return [title, `${begins.toFixed(1)} s`, `${ends.toFixed(1)} s`, percent(busyPercent(samples, begins, ends))];
    });
  const [first = seconds] = steps.map(({ begins }) => begins).sort((a, b) => a - b);
  return [
    "## Timeline of an up",
    "",
    ...surroundings,
    "",
    `Of ${seconds.toFixed(1)} s, the processors were busy ${percent(busyPercent(samples, 0, seconds))}. The command needed ${first.toFixed(1)} s until its first step.`,
    "Every step of at least a second; those of the longest chain are bold.",
    "",
    ...markdownTable([["step", "from", "to", "processors busy"], ...rows]),
    ...momentLines(moments),
    "",
  ].join("\n");
}

export interface Timeline {
  readonly steps: readonly Step[];
  readonly samples: readonly ProcessorSample[];
  /** Names of the steps that took longest one after the other. */
  readonly chain: readonly string[];
  /** Of the whole up, until the app answered. */
  readonly seconds: number;
  /** Moments that the cluster itself has noted. */
  readonly moments: readonly Moment[];
}
