import type { Fault } from "./fault";
import { killAt, killedThenAborted } from "./stepKills";

/** Kills a command at a line of its output. */
const killAtLine = (command: string, stack: string, line: string): Promise<void> =>
  killAt(command, stack, (invocation) => invocation.reaches((one) => one.startsWith(line)));

/** Kills of an upgrade in its middle. @param to - version that the environment can be upgraded to */
export function upgradeKills(to: string): Fault[] {
  const upgrade = `upgrade --to ${to} --pause-before finish`;
  return [
    ...["istiod", "gateway", "app"].map((step) =>
      killedThenAborted("upgrade", `in the step ${step}`, (stack) => killAtLine(upgrade, stack, `step ${step}: `)),
    ),
    killedThenAborted("upgrade", "on its way back", async (stack) => {
      await killAtLine(upgrade, stack, "step gateway: ");
      await killAtLine("upgrade abort", stack, "going back: ");
    }),
  ];
}
