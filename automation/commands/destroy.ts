import { rm } from "node:fs/promises";
import path from "node:path";
import type { Stack } from "@pulumi/pulumi/automation";
import { cachedRegistries, removeCaches } from "../../k3d/imageCache";
import { objectsCreatedFrom } from "../../k3d/observe";
import { refuseUnremovable } from "../../k3d/removable";
import { removeClustersCreatedFrom } from "../../k3d/remove";
import { dockerFailure } from "../../model/cluster/dockerFailure";
import { caFile } from "../../model/names";
import { failureText, run } from "../../model/output/remedy";
import { backendFolder, stackIdentity } from "../stack/backend";
import { StateLost } from "../stack/encryption";
import { configInFile } from "../stack/fileSettings";
import { labelledOwner } from "../stack/identity";
import { NoSuchStack, refuseUnknown, stackExists } from "../stack/knownStacks";
import { exitCodes, OperationFailed, runOperation } from "../stack/operation";
import { commandsFor } from "../stack/project";
import { type Deployment, deploymentInFile } from "../stack/stateFile";
import { openUnlocked } from "./recover";
import { rolloutJournals } from "./rollout/journal";
import { distrust } from "./trust";
import { forgetTrial } from "./try/remove";
import { upgradeJournals } from "./upgrade/journal";

/** Turns an error of Docker into one with its fix. */
const explainDocker =
  (stackName: string) =>
  ({ message }: Error): never => {
    const failure = dockerFailure(message);
    throw new OperationFailed(failure ? failureText(failure, commandsFor(stackName)) : message, exitCodes.environment);
  };

/** Objects in Docker whose labels name this stack and this place of its state. */
const labelledObjects = (stackName: string) =>
  objectsCreatedFrom(labelledOwner(stackName)).catch(explainDocker(stackName));

/** False for a stack with `cluster = existing`, which has no objects in Docker. */
const hasOwnCluster = async (stackName: string): Promise<boolean> =>
  (await configInFile(stackName)).texts["cluster"] !== "existing";

/**
 * Refuses a stack that does not exist and that has no objects in Docker, before anything is downloaded or written.
 *
 * @throws NoSuchStack that lists the stacks there are
 */
export async function refuseNothingToRemove(stackName: string): Promise<void> {
  // only Pulumi, which may have to be downloaded first, can look into a backend that is not files
  if (backendFolder() === undefined || (await stackExists(stackName))) return;
  if ((await hasOwnCluster(stackName)) && (await labelledObjects(stackName)).length > 0) return;
  await refuseUnknown(stackName);
}

/**
 * Removes the objects in Docker whose labels name this stack and this place of its state, also when the state is lost.
 *
 * @returns the clusters
 */
async function removeLabelled(stackName: string, say: (line: string) => void): Promise<string[]> {
  if ((await labelledObjects(stackName)).length === 0) return [];
  const clusters = await removeClustersCreatedFrom(labelledOwner(stackName));
  for (const name of clusters) say(`removed the k3d cluster ${name}, which an earlier state of this stack made`);
  return clusters;
}

/**
 * Refuses to destroy a stack with a protected resource. Pulumi would delete everything that needs that resource before it
 * comes to it.
 *
 * @throws OperationFailed with the command that ends the protection
 */
async function refuseProtected(stack: Stack): Promise<void> {
  const deployment =
    (await deploymentInFile(stack.name)) ?? ((await stack.exportStack()).deployment as Deployment | null);
  const urns = (deployment?.resources ?? []).filter(({ protect }) => protect).map(({ urn }) => urn);
  if (urns.length === 0) return;
  const names = urns.map((urn) => urn.split("::").at(-1)).join(", ");
  const commands = commandsFor(stack.name);
  const fixes = urns.map((urn) => commands({ command: "pulumi", args: `state unprotect '${urn}' --yes` }));
  throw new OperationFailed(
    `protected from deletion: ${names}; nothing was removed; fix: ${fixes.join("; ")}`,
    exitCodes.failed,
  );
}

/**
 * Refuses to destroy a k3d environment while Docker does not answer, or while a container of somebody else is in the cluster
 * or its network. Pulumi would forget everything in the cluster before it comes to the cluster itself.
 *
 * @throws OperationFailed with the reason and its fix
 */
const refuseKeptCluster = (stackName: string): Promise<void> =>
  refuseUnremovable(labelledOwner(stackName)).catch(explainDocker(stackName));

/** Removes the environment through Pulumi, or by its labels when the state or its passphrase is lost. */
async function removeAll(stackName: string, say: (line: string) => void): Promise<void> {
  const ownCluster = await hasOwnCluster(stackName);
  const stack = await openUnlocked(stackName, say).catch(async (error: Error) => {
    if (!(error instanceof StateLost && ownCluster)) throw error;
    const removed = await removeLabelled(stackName, say);
    // nothing of this stack is here, so its name may be mistyped; a stack whose passphrase is gone has its name in the state
    if (removed.length === 0 && error instanceof NoSuchStack) throw error;
    await forgetState(stackName);
    return undefined;
  });
  if (!stack) return;
  await Promise.all([refuseProtected(stack), ownCluster && refuseKeptCluster(stackName)]);
  await forgetTrial(stackName, say);
  await runOperation(stack, say, (options) => stack.destroy(options));
  if (ownCluster) await removeLabelled(stackName, say);
}

/** Removes the files of a state that no passphrase can decrypt. */
async function forgetState(stackName: string): Promise<void> {
  const folder = backendFolder();
  if (folder === undefined) return;
  const { project, name } = stackIdentity(stackName);
  const file = path.join(folder, ".pulumi", "stacks", project, name);
  for (const end of [".json", ".json.bak", ".json.attrs"]) await rm(`${file}${end}`, { force: true });
}

async function removeImages(say: (line: string) => void): Promise<void> {
  for (const { host, reason } of await removeCaches()) say(`images of ${host} stay: ${reason}`);
}

/**
 * Removes everything that an up made, also when the cluster or the state is gone already. The stack's configuration
 * stays. Pulumi goes first, so that a wrong passphrase or a protected resource leaves the environment as it is.
 *
 * @param images - true to remove the image caches that no cluster uses, too
 * @throws NoSuchStack for a stack that does not exist and that has no objects in Docker
 * @throws OperationFailed while a rollout or an upgrade of the stack is under way
 */
export async function destroy(stackName: string, say = (_line: string): void => {}, images = false): Promise<void> {
  const journal = await rolloutJournals.open(stackName);
  try {
    await removeAll(stackName, say);
    // a paused rollout or upgrade of an environment that is gone cannot be resumed
    await journal.clear();
    await upgradeJournals.remove(stackName);
  } finally {
    await journal.close();
  }
  await rm(caFile(stackName), { force: true });
  if (await distrust(stackName)) say("this account trusts its CA no longer");
  if (images) await removeImages(say);
  const kept = (await cachedRegistries()) ?? [];
  if (kept.length > 0 && !images)
    say(
      `images of ${kept.join(", ")} stay for the next one; ${commandsFor(stackName)(run("destroy", "--images"))} removes them`,
    );
  say("the environment is gone");
}
