import type { Fault } from "./fault";
import type { Invocation } from "./invocation";
import { killAt, killedThenAborted } from "./stepKills";

export const inStep = (line: string): boolean => /^weight \d+ %: warming up/.test(line);
const inRollback = (line: string): boolean => line.startsWith("rolling back to ");

const killed = (where: string, reach: (rollout: Invocation) => Promise<boolean>): Fault =>
  killedThenAborted("rollout", where, (stack) => killAt("rollout", stack, reach));

/** Kills of a rollout in its middle. */
export const rolloutKills = (): Fault[] => [
  killed("in a step", (rollout) => rollout.reaches(inStep)),
  killed("in its rollback", async (rollout) => {
    if (!(await rollout.reaches(inStep))) return false;
    rollout.signal("SIGINT");
    return rollout.reaches(inRollback);
  }),
];
