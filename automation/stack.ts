import { LocalWorkspace, type Stack } from "@pulumi/pulumi/automation";
import type { Settings } from "../model/contract";
import { project } from "../model/names";
import { parseSettings } from "../model/settings";

/** The stack of this very program, made where there is none; the driver and the program share no code but model/. */
export function openStack(stackName: string): Promise<Stack> {
  return LocalWorkspace.createOrSelectStack({ stackName, workDir: process.cwd() });
}

/** The stack's configuration as texts by key, without the project's prefix. */
export async function plainConfig(stack: Stack): Promise<Record<string, string>> {
  const config = await stack.getAllConfig();
  return Object.fromEntries(Object.entries(config).map(([key, { value }]) => [key.replace(`${project}:`, ""), value]));
}

/** The stack's settings; undefined where its configuration is wrong. */
export const settingsOf = async (stack: Stack): Promise<Settings | undefined> =>
  parseSettings(await plainConfig(stack)).settings;
