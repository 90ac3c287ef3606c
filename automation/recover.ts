import path from "node:path";
import type { Stack } from "@pulumi/pulumi/automation";
import { project } from "../model/names";
import { recoverReleases } from "./releases";
import { openStack } from "./stack";
import { mendStateFiles, recoverLocks } from "./stateFiles";

/** Opens a stack after removing what a killed operation left of its state: its lock, half-written files. */
export async function openMended(stackName: string, say: (line: string) => void): Promise<Stack> {
  const folder = path.join(process.cwd(), ".state", ".pulumi");
  await recoverLocks(stackName, path.join(folder, "locks"), say);
  await mendStateFiles(stackName, path.join(folder, "stacks", project), say);
  return openStack(stackName);
}

/** The same for an up, which half-made Helm releases would stop too. */
export async function openRecovered(stackName: string, say: (line: string) => void): Promise<Stack> {
  const stack = await openMended(stackName, say);
  await recoverReleases(stack, say);
  return stack;
}
