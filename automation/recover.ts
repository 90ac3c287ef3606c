import path from "node:path";
import type { Stack } from "@pulumi/pulumi/automation";
import { project } from "../model/names";
import { recoverReleases } from "./releases";
import { openStack } from "./stack";
import { mendStateFiles, recoverLocks } from "./stateFiles";

/** Opens a stack after removing what a killed operation left: its lock, half-written state, half-made Helm releases. */
export async function openRecovered(stackName: string, say: (line: string) => void): Promise<Stack> {
  const folder = path.join(process.cwd(), ".state", ".pulumi");
  await recoverLocks(stackName, path.join(folder, "locks"), say);
  await mendStateFiles(stackName, path.join(folder, "stacks", project), say);
  const stack = await openStack(stackName);
  await recoverReleases(stack, say);
  return stack;
}
