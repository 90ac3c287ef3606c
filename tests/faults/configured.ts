import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { type Fault, server, type Target } from "./fault";
import { docker } from "./foreignObjects";
import { Invocation } from "./invocation";

export const pulumi = ({ stack }: Target, ...args: string[]) =>
  execFileSync("pulumi", [...args, "--stack", stack], { stdio: "ignore" });

/** Runs kubectl on the server's node. */
export const kubectl = (target: Target, ...args: string[]): string =>
  docker("exec", server(target), "kubectl", ...args);

/** Runs a command of this project, which has to end with exit code 0. */
export async function succeeds(command: string, { stack }: Target): Promise<void> {
  const { code, lines } = await new Invocation(command, stack).end();
  assert.equal(code, 0, `${command} ended with exit code ${code}:\n${lines.join("\n")}`);
}

/** A fault of an environment with a value of a key. The next up, which has to repair it, goes back to the default. */
export const configured = (
  kind: string,
  [key, value]: readonly [key: string, value: string],
  where: string,
  strike: (target: Target) => Promise<string>,
): Fault => ({
  kind,
  where,
  needs: "environment",
  next: "up",
  strike: async (target) => {
    pulumi(target, "config", "set", key, value);
    try {
      return await strike(target);
    } finally {
      pulumi(target, "config", "rm", key);
    }
  },
});
