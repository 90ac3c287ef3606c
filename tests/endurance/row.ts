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

/** Titles of the series, and the work of each. A new environment begins with little memory. */
const seriesWorks: readonly (readonly [title: string, works: readonly Work[]])[] = [
  ["Through changes and rollouts", ["first", "changes", "verify", "rollouts"]],
  ["Through upgrades", ["upgrades"]],
  ["New environments, each after a destroy", ["destroys"]],
];

/** Growth in each series that has a row. */
export const series = (rows: readonly Row[]): Series[] =>
  seriesWorks
    .map(([title, works]) => ({
      title,
      grown: growth(rows.filter(({ work }) => works.includes(work)).map(({ sample }) => sample)),
    }))
    .filter(({ grown }) => grown.length > 0);

/** Objects in Docker that the last destroy left. Undefined if it has not run. */
export function leftInTheEnd(rows: readonly Row[]): number | undefined {
  const sample = rows.find(({ work }) => work === "end")?.sample;
  return sample && sample.containers + sample.networks + sample.volumes;
}
