import { rm } from "node:fs/promises";
import { operate } from "./operation";
import { openRecovered } from "./recover";
import { distrust } from "./trust";

/** Removes all that an up made, also where the cluster is gone already; the stack's configuration stays. */
export async function destroy(stackName: string, say = (_line: string): void => {}): Promise<void> {
  const stack = await openRecovered(stackName, say);
  await operate(say, (options) => stack.destroy({ ...options, color: "never", suppressProgress: true }));
  await rm("ca.pem", { force: true });
  if (await distrust(stackName)) say("this account trusts its CA no longer");
  say("the environment is gone");
}
