import { LocalWorkspace, type Stack } from "@pulumi/pulumi/automation";

/** The stack of this very program, made where there is none; the driver and the program share no code but model/. */
export function openStack(stackName: string): Promise<Stack> {
  return LocalWorkspace.createOrSelectStack({ stackName, workDir: process.cwd() });
}
