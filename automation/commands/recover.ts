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

/** Removes the locks that killed operations left on the stack's state; only a state in files can be looked at. */
export async function unlockState(stackName: string, say: Say): Promise<void> {
  const folder = backendFolder();
  if (folder === undefined) return;
  const { project, name } = stackIdentity(stackName);
  await recoverLocks(name, { folder, project, usageFile: path.join(stateFolder, "usage.json") }, say);
}

/** Removes what a killed operation left of a stack's state: its lock, half-written files. */
async function mendState(stackName: string, say: Say): Promise<void> {
  await unlockState(stackName, say);
  const folder = backendFolder();
  if (folder === undefined) return;
  const { project, name } = stackIdentity(stackName);
  await mendStateFiles(name, path.join(folder, ".pulumi", "stacks", project), say);
}

/** Opens a stack after removing what a killed operation left of its state. */
export async function openMended(stackName: string, say: Say): Promise<Stack> {
  await mendState(stackName, say);
  return openStack(stackName, say);
}

/** A stack in whose way nothing is any more, and its settings, undefined where its configuration is wrong. */
export interface RecoveredStack {
  readonly stack: Stack;
  readonly settings: Settings | undefined;
}

/**
 * The same for an up, which half-made Helm releases would stop too.
 *
 * @param open - `openOrCreateStack` for an up that may be the first one
 */
export async function openRecovered(stackName: string, say: Say, open = openStack): Promise<RecoveredStack> {
  await mendState(stackName, say);
  const stack = await open(stackName, say);
  const [settings, state] = await Promise.all([settingsOf(stack), readState(stack)]);
  // the state proves that a cluster without an id is the stack's, which the program cannot see
  if (state.legacyGeneration) process.env[legacyGenerationVariable] = state.legacyGeneration;
  if (settings) await recoverReleases(settings, state, say);
  return { stack, settings };
}

export const openForUp = (stackName: string, say: Say): Promise<RecoveredStack> =>
  openRecovered(stackName, say, openOrCreateStack);

/** Removes what a killed operation left, and says what it could not look at. */
export async function recover(stackName: string, say: Say): Promise<void> {
  await openRecovered(stackName, say);
  say(
    backendFolder() === undefined
      ? `the state is not in files, so its locks were not looked at; if a killed operation left one: ${commandsFor(stackName)({ command: "pulumi", args: "cancel --yes" })}`
      : "nothing is in the way of the next up",
  );
}
