import path from "node:path";
import type { Stack } from "@pulumi/pulumi/automation";
import { stacksFolder, stateFolder } from "../../machine/backend.mjs";
import { project } from "../../model/names";
import type { Settings } from "../../model/settings/contract";
import { knownReleases, recoverReleases } from "../stack/releases";
import { openStack, settingsOf } from "../stack/stack";
import { mendStateFiles } from "../stack/stateFiles";
import { recoverLocks } from "../stack/stateLocks";

/** Removes the locks that killed operations left on the stack's state. */
export const unlockState = (stackName: string, say: (line: string) => void): Promise<void> =>
  recoverLocks(stackName, { folder: stateFolder, project, usageFile: path.join(stateFolder, "usage.json") }, say);

/** Opens a stack after removing what a killed operation left of its state: its lock, half-written files. */
export async function openMended(stackName: string, say: (line: string) => void, select = false): Promise<Stack> {
  await unlockState(stackName, say);
  await mendStateFiles(stackName, stacksFolder, say);
  return openStack(stackName, select);
}

/** A stack in whose way nothing is any more, and its settings, undefined where its configuration is wrong. */
export interface Recovered {
  readonly stack: Stack;
  readonly settings: Settings | undefined;
}

/** The same for an up, which half-made Helm releases would stop too. */
export async function openRecovered(stackName: string, say: (line: string) => void): Promise<Recovered> {
  const stack = await openMended(stackName, say, true);
  const [settings, known] = await Promise.all([settingsOf(stack), knownReleases(stack)]);
  if (settings) await recoverReleases(settings, known, say);
  return { stack, settings };
}
