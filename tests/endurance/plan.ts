import { changes } from "./changes";

/** Kinds of work, with their titles on the page. */
export const works = {
  first: "up from nothing",
  changes: "changes of the configuration",
  verify: "checks of every step (verify)",
  rollouts: "rollouts",
  upgrades: "upgrades of Istio",
  destroys: "destroys, each with an up from nothing",
  end: "destroy in the end",
} as const;
export type Work = keyof typeof works;

/** One step of an endurance run. */
export interface Step {
  readonly work: Work;
  /** Number of the step among those of its work, from 1. */
  readonly number: number;
  /** Command lines of the project, one after the other. */
  readonly commands: readonly string[];
}

/** A rollout from 0 %: the one before it gave version 2 all requests. */
const rollout = ["pulumi config set canaryWeight 0", "up", "rollout --steps 50,100"];

interface Counts {
  readonly changes: number;
  readonly rollouts: number;
  readonly upgrades: number;
  readonly destroys: number;
}

/**
 * All steps of an endurance run. They are the same in each run with the same options, so that a run can be resumed.
 *
 * @param from - version of Istio of the configuration; upgrades go to `to` and back in turn
 */
export function plan(counts: Counts, { from, to }: { readonly from: string; readonly to: string }): Step[] {
  const steps = (work: Work, commands: readonly (readonly string[])[]): Step[] =>
    commands.map((each, i) => ({ work, number: i + 1, commands: each }));
  const repeat = (count: number, each: (i: number) => readonly string[]) =>
    Array.from({ length: count }, (_, i) => each(i));
  const configurations = changes(counts.changes).map(([key, value]) => [`pulumi config set ${key} ${value}`, "up"]);
  return [
    ...steps("first", [["up"]]),
    ...steps("changes", configurations),
    ...steps("verify", [["verify"]]),
    ...steps(
      "rollouts",
      repeat(counts.rollouts, () => rollout),
    ),
    ...steps(
      "upgrades",
      repeat(counts.upgrades, (i) => [`upgrade --to ${i % 2 === 0 ? to : from}`]),
    ),
    ...steps(
      "destroys",
      repeat(counts.destroys, () => ["destroy", "up"]),
    ),
    ...steps("end", [["destroy"]]),
  ];
}
