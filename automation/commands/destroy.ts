import { rm } from "node:fs/promises";
import { cached, removeCaches } from "../../k3d/imageCache";
import { ensureNoneOf } from "../../k3d/lifecycle";
import { projectName, shortName } from "../../machine/settings.mjs";
import { caFile, ownerOf } from "../../model/names";
import { keys } from "../../model/settings/contract";
import { k3dName } from "../../model/settings/forms";
import { configInFile } from "../stack/fileSettings";
import { operate } from "../stack/operation";
import { openMended } from "./recover";
import { Journal, rolloutsFolder } from "./rollout/journal";
import { distrust } from "./trust";
import { forgetTrial } from "./try/remove";

/**
 * Removes the cluster of a stack, also one whose create was killed, of which no state knows.
 *
 * It takes longest and all the rest lives in it, so it begins before Pulumi has loaded what it needs to delete it too.
 */
async function removeCluster(stackName: string): Promise<void> {
  const { texts } = await configInFile(stackName);
  const { cluster, clusterName = keys.clusterName.default } = texts;
  if (cluster !== "existing" && k3dName(clusterName))
    await ensureNoneOf(ownerOf(projectName(), shortName(stackName)), clusterName);
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
    const removed = removeCluster(stackName);
    // awaited later: Pulumi says first what is wrong
    removed.catch(() => {});
    await forgetTrial(stackName, say);
    await operate(stack, say, (options) => stack.destroy(options));
    await removed;
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
