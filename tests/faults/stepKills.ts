import assert from "node:assert/strict";
import type { Fault } from "./fault";
import { Invocation } from "./invocation";

/**
 * Kills a command where it is when `reach` returns true. Fails if the command ends before.
 *
 * @param reach - brings the command to the place of the kill
 */
export async function killAt(
  command: string,
  stack: string,
  reach: (invocation: Invocation) => Promise<boolean>,
): Promise<void> {
  const invocation = new Invocation(command, stack);
  const isReached = await reach(invocation);
  await invocation.kill();
  assert.ok(isReached, `${command} ended before the fault: ${invocation.lines.slice(-3).join("; ")}`);
}

/** A rollout or an upgrade that is killed, and that `abort` then has to finish. */
export const killedThenAborted = (
  command: "rollout" | "upgrade",
  where: string,
  kill: (stack: string) => Promise<void>,
): Fault => ({
  kind: `SIGKILL of ${command}`,
  where,
  needs: "environment",
  next: "up",
  strike: async ({ stack }) => {
    await kill(stack);
    const { code, lines } = await new Invocation(`${command} abort`, stack).end();
    assert.equal(code, 0, lines.slice(-3).join("; "));
    return "killed, then aborted";
  },
});
