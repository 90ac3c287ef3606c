import { LocalWorkspace, type Stack } from "@pulumi/pulumi/automation";
import { project } from "../model/names";

/** The stack of this very program, made where there is none; the driver and the program share no code but model/. */
export function openStack(stackName: string): Promise<Stack> {
  return LocalWorkspace.createOrSelectStack({ stackName, workDir: process.cwd() });
}

/** The stack's configuration as texts by key, without the project's prefix. */
export async function plainConfig(stack: Stack): Promise<Record<string, string>> {
  const config = await stack.getAllConfig();
  return Object.fromEntries(Object.entries(config).map(([key, { value }]) => [key.replace(`${project}:`, ""), value]));
}
