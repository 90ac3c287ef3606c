import { type Growth, growth, type Sample } from "./growth";
import type { Step, Work } from "./plan";

/** Result of one step. */
export interface Row {
  readonly work: Work;
  readonly number: number;
  /** True if each command ended with exit code 0. */
  readonly done: boolean;
  readonly seconds: number;
  /** Quantities after the step. */
  readonly sample: Sample;
  /** Time at which the run began that made this step, in ISO 8601: an interrupted run is resumed by another one. */
  readonly run: string;
}

/** Name of a step or its row. */
export const stepName = ({ work, number }: Pick<Step, "work" | "number">): string => `${work} ${number}`;

/** Growth through one series of measurements. */
export interface Series {
  readonly title: string;
  readonly grown: readonly Growth[];
}

/** Growth of the one environment, and of those after each destroy: a new one begins with little memory. */
export function series(rows: readonly Row[]): Series[] {
  const samples = (has: (work: Work) => boolean) =>
    growth(rows.filter(({ work }) => work !== "end" && has(work)).map(({ sample }) => sample));
  return [
    {
      title: "Through changes, rollouts and upgrades",
      grown: samples((work) => work !== "destroys"),
    },
    { title: "New environments, each after a destroy", grown: samples((work) => work === "destroys") },
  ].filter(({ grown }) => grown.length > 0);
}

/** Objects in Docker that the last destroy left. Undefined if it has not run. */
export function leftInTheEnd(rows: readonly Row[]): number | undefined {
  const sample = rows.find(({ work }) => work === "end")?.sample;
  return sample && sample.containers + sample.networks + sample.volumes;
}
