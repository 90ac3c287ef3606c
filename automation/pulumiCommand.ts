import { PulumiCommand } from "@pulumi/pulumi/automation/cmd";

let found: Promise<PulumiCommand> | undefined;

/** Pulumi's command line, which is asked for its version once. */
export function pulumiCommand(): Promise<PulumiCommand> {
  found ??= PulumiCommand.get();
  return found;
}
