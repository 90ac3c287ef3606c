import assert from "node:assert/strict";
import type { Fault } from "./fault";
import { Invocation } from "./invocation";

const inStep = (line: string): boolean => /^weight \d+ %: warming up/.test(line);
const inRollback = (line: string): boolean => line.startsWith("rolling back to ");

/** A rollout that is killed, and that `abort` then has to finish. @param reach - brings the rollout to the place of the kill */
const killed = (where: string, reach: (rollout: Invocation) => Promise<boolean>): Fault => ({
  kind: "SIGKILL of rollout",
  where,
  needs: "environment",
  next: "up",
  strike: async ({ stack }) => {
    const rollout = new Invocation("rollout", stack);
    const isReached = await reach(rollout);
    await rollout.kill();
    assert.ok(isReached, `the rollout ended before the fault: ${rollout.lines.slice(-3).join("; ")}`);
    const { code, lines } = await new Invocation("rollout abort", stack).end();
    assert.equal(code, 0, lines.slice(-3).join("; "));
    return "killed, then aborted";
  },
});

/** Kills of a rollout in its middle. */
export const rolloutKills = (): Fault[] => [
  killed("in a step", (rollout) => rollout.reaches(inStep)),
  killed("in its rollback", async (rollout) => {
    if (!(await rollout.reaches(inStep))) return false;
    rollout.signal("SIGINT");
    return rollout.reaches(inRollback);
  }),
];
