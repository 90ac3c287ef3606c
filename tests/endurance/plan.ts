import { exitCodes } from "../../host/failure";
import { changes } from "./changes";

/** Kinds of work, with their titles on the page. */
export const works = {
  first: "up from nothing",
  changes: "changes of the configuration",
  verify: "checks of every step (verify)",
  rollouts: "rollouts",
  upgrades: "upgrades of Istio, each with its way back",
  destroys: "destroys, each with an up from nothing",
  end: "destroy in the end",
} as const;
export type Work = keyof typeof works;

/** A command line of the project that does not end with exit code 0, and its exit code. */
export interface Paused {
  readonly command: string;
  readonly exit: number;
}

/** One step of an endurance run. */
export interface Step {
  readonly work: Work;
  /** Number of the step among those of its work, from 1. */
  readonly number: number;
  /** Command lines of the project, one after the other. */
  readonly commands: readonly (string | Paused)[];
}

/** Requests a second, twice the default: the number of rollouts and upgrades counts here, and not their patience. */
const rate = 400;

/** A rollout from 0 %: the one before it gave version 2 all requests. Version 2 is not cold, so it needs no warm-up. */
const rollout = ["pulumi config set canaryWeight 0", "up", `rollout --steps 50,100 --warm-up 0 --rate ${rate}`];

interface Counts {
  readonly changes: number;
  readonly rollouts: number;
  readonly upgrades: number;
  readonly destroys: number;
}

/** An upgrade up to its last step, which would remove the old control plane, and its way back. */
const upgrade = (to: string): Step["commands"] => [
  { command: `upgrade --to ${to} --rate ${rate} --pause-before finish`, exit: exitCodes.inconclusive },
  "upgrade abort",
];

/**
 * All steps of an endurance run. They are the same in each run with the same options, so that a run can be resumed.
 *
 * @param to - version of Istio of the upgrades
 */
export function plan(counts: Counts, to: string): Step[] {
  const steps = (work: Work, commands: readonly Step["commands"][]): Step[] =>
    commands.map((each, i) => ({ work, number: i + 1, commands: each }));
  const repeat = (count: number, commands: Step["commands"]) => Array.from({ length: count }, () => commands);
  const configurations = changes(counts.changes).map(([key, value]) => [`pulumi config set ${key} ${value}`, "up"]);
  return [
    ...steps("first", [["up"]]),
    ...steps("changes", configurations),
    ...steps("verify", [["verify"]]),
    ...steps("rollouts", repeat(counts.rollouts, rollout)),
    ...steps("upgrades", repeat(counts.upgrades, upgrade(to))),
    ...steps("destroys", repeat(counts.destroys, ["destroy", "up"])),
    ...steps("end", [["destroy"]]),
  ];
}
