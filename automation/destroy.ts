import { rm } from "node:fs/promises";
import type { Stack } from "@pulumi/pulumi/automation";
import { cached, removeCaches } from "../k3d/imageCache";
import { ensureNoneOf } from "../k3d/lifecycle";
import type { Settings } from "../model/contract";
import { caFile, ownerOf, project } from "../model/names";
import { operate } from "./operation";
import { openMended } from "./recover";
import { Journal, rolloutsFolder } from "./rollout/journal";
import { settingsOf } from "./stack";
import { distrust } from "./trust";

/** Removes what is left of a cluster whose create was killed, which no state knows. */
async function removeUnknown({ name }: Stack, settings: Settings | undefined): Promise<void> {
  if (settings?.cluster === "k3d") await ensureNoneOf(ownerOf(project, name), settings.clusterName);
}

/**
 * Removes all that an up made, also where the cluster is gone already; the stack's configuration stays.
 *
 * @param images - whether the caches of images go too, which serve every environment of this machine
 * @throws OperationFailed where a rollout of the stack is under way
 */
export async function destroy(stackName: string, say = (_line: string): void => {}, images = false): Promise<void> {
  const journal = await Journal.open(rolloutsFolder, stackName);
  try {
    const stack = await openMended(stackName, say);
    const settings = settingsOf(stack);
    // awaited later: what it fails of, the destroy fails of too
    settings.catch(() => {});
    await operate(say, (options) => stack.destroy({ ...options, color: "never", suppressProgress: true }));
    await removeUnknown(stack, await settings);
    // a paused rollout of an environment that is gone is nothing to resume
    await journal.clear();
  } finally {
    await journal.close();
  }
  await rm(caFile(stackName), { force: true });
  if (await distrust(stackName)) say("this account trusts its CA no longer");
  if (images) await removeCaches();
  const kept = await cached();
  if (kept.length > 0)
    say(`images of ${kept.join(", ")} stay for the next one; npm run destroy -- --images removes them`);
  say("the environment is gone");
}
