import type { Workspace } from "@pulumi/pulumi/automation";

/**
 * Returns the workspace with one change: it never selects a stack.
 *
 * `pulumi stack select` decides which stack plain Pulumi acts on, so it is the user's. The Automation API selects the
 * stack that it opens (https://github.com/pulumi/pulumi/blob/v3.259.0/sdk/nodejs/automation/stack.ts), although each of
 * its commands names the stack by `--stack`.
 */
export const withoutSelection = (workspace: Workspace): Workspace =>
  Object.create(workspace, { selectStack: { value: async () => {} } }) as Workspace;
