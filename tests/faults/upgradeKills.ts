import assert from "node:assert/strict";
import type { Fault } from "./fault";
import { Invocation } from "./invocation";

/** Kills a command at a line of its output. Fails if the command ends before. */
async function killAt(command: string, stack: string, line: string): Promise<void> {
  const invocation = new Invocation(command, stack);
  const isReached = await invocation.reaches((one) => one.startsWith(line));
  await invocation.kill();
  assert.ok(isReached, `${command} ended before the fault: ${invocation.lines.slice(-3).join("; ")}`);
}

/** An upgrade that is killed, and that `abort` then has to take back. */
const killed = (where: string, kill: (stack: string) => Promise<void>): Fault => ({
  kind: "SIGKILL of upgrade",
  where,
  needs: "environment",
  next: "up",
  strike: async ({ stack }) => {
    await kill(stack);
    const { code, lines } = await new Invocation("upgrade abort", stack).end();
    assert.equal(code, 0, lines.slice(-3).join("; "));
    return "killed, then aborted";
  },
});

/** Kills of an upgrade in its middle. @param to - version that the environment can be upgraded to */
export function upgradeKills(to: string): Fault[] {
  const upgrade = `upgrade --to ${to} --pause-before finish`;
  return [
    ...["istiod", "gateway", "app"].map((step) =>
      killed(`in the step ${step}`, (stack) => killAt(upgrade, stack, `step ${step}: `)),
    ),
    killed("on its way back", async (stack) => {
      await killAt(upgrade, stack, "step gateway: ");
      await killAt("upgrade abort", stack, "going back: ");
    }),
  ];
}
