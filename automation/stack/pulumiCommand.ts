import { PulumiCommand } from "@pulumi/pulumi/automation/cmd";

// asked for its version while the rest of the SDK loads
const early = PulumiCommand.get().catch(() => undefined);

/** Pulumi's command line. */
export const pulumiCommand = async (): Promise<PulumiCommand> => (await early) ?? PulumiCommand.get();
