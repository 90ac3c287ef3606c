import path from "node:path";
import type { Stack } from "@pulumi/pulumi/automation";
import { legacyGenerationVariable } from "../../model/cluster/ownership";
import type { Settings } from "../../model/settings/contract";
import { backendFolder, stackIdentity, stateFolder } from "../stack/backend";
import { commandsFor } from "../stack/project";
import { readState, recoverReleases } from "../stack/releases";
import { openOrCreateStack, openStack, settingsOf } from "../stack/stack";
import { mendStateFiles } from "../stack/stateFiles";
import { recoverLocks } from "../stack/stateLocks";

type Say = (line: string) => void;

/** Removes the locks that killed operations left on the stack's state. Changes nothing if the backend is not files. */
export async function unlockState(stackName: string, say: Say): Promise<void> {
  const folder = backendFolder();
  if (folder === undefined) return;
  const { project, name } = stackIdentity(stackName);
  await recoverLocks(name, { folder, project, usageFile: path.join(stateFolder, "usage.json") }, say);
}

/** Removes the lock and the half-written state files that a killed operation left. */
async function mendState(stackName: string, say: Say): Promise<void> {
  await unlockState(stackName, say);
  const folder = backendFolder();
  if (folder === undefined) return;
  const { project, name } = stackIdentity(stackName);
  await mendStateFiles(name, path.join(folder, ".pulumi", "stacks", project), say);
}

/** Opens a stack after removing the lock and the half-written state files that a killed operation left. */
export async function openUnlocked(stackName: string, say: Say): Promise<Stack> {
  await mendState(stackName, say);
  return openStack(stackName, say);
}

/** A stack without leftovers of a killed operation, so that the next operation can run. */
export interface RecoveredStack {
  readonly stack: Stack;
  /** Undefined if the stack's configuration is wrong. */
  readonly settings: Settings | undefined;
}

/**
 * Opens a stack as {@link openUnlocked} does, and also removes unfinished Helm releases, which would make `up` fail.
 *
 * @param open - `openOrCreateStack` for an up that may be the first one
 */
export async function openRecovered(stackName: string, say: Say, open = openStack): Promise<RecoveredStack> {
  await mendState(stackName, say);
  const stack = await open(stackName, say);
  const [settings, state] = await Promise.all([settingsOf(stack), readState(stack)]);
  // a cluster of an earlier version has no id; the state proves that it is the stack's, and the program cannot read the state
  if (state.legacyGeneration) process.env[legacyGenerationVariable] = state.legacyGeneration;
  if (settings) await recoverReleases(settings, state, say);
  return { stack, settings };
}

export const openForUp = (stackName: string, say: Say): Promise<RecoveredStack> =>
  openRecovered(stackName, say, openOrCreateStack);

/** Removes the leftovers of a killed operation. A backend that is not files keeps its locks, and the output says so. */
export async function recover(stackName: string, say: Say): Promise<void> {
  await openRecovered(stackName, say);
  say(
    backendFolder() === undefined
      ? `the state is not in files, so its locks were not looked at; if a killed operation left one: ${commandsFor(stackName)({ command: "pulumi", args: "cancel --yes" })}`
      : "nothing is in the way of the next up",
  );
}
