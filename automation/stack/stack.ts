import { existsSync } from "node:fs";
import path from "node:path";
import { pathToFileURL } from "node:url";
import { LocalWorkspace, Stack } from "@pulumi/pulumi/automation";
import { stacksFolder, stateFolder } from "../../machine/backend.mjs";
import { project } from "../../model/names";
import type { Settings } from "../../model/settings/contract";
import { parseSettings } from "../../model/settings/parse";
import { pulumiCommand } from "./pulumiCommand";

const isKnown = (stackName: string): boolean =>
  process.env["PULUMI_BACKEND_URL"] === pathToFileURL(stateFolder).href &&
  existsSync(path.join(stacksFolder, `${stackName}.json`));

/**
 * The stack of this very program, made where there is none; the driver and the program share no code but model/.
 *
 * @param select - whether Pulumi's own commands that name no stack are for this one from now on; @default false
 */
export async function openStack(stackName: string, select = false): Promise<Stack> {
  const workspace = await LocalWorkspace.create({ workDir: process.cwd(), pulumiCommand: await pulumiCommand() });
  // the driver's commands name their stack
  if (!select && isKnown(stackName)) workspace.selectStack = async () => {};
  const stack = await Stack.createOrSelect(stackName, workspace);
  // it is asked for after each operation, and nobody reads it
  stack.info = async () => undefined;
  return stack;
}

/** The stack's configuration as texts by key, without the project's prefix. */
export async function plainConfig(stack: Stack): Promise<Record<string, string>> {
  const config = await stack.getAllConfig();
  return Object.fromEntries(Object.entries(config).map(([key, { value }]) => [key.replace(`${project}:`, ""), value]));
}

/** The stack's settings; undefined where its configuration is wrong. */
export const settingsOf = async (stack: Stack): Promise<Settings | undefined> =>
  parseSettings(await plainConfig(stack)).settings;
