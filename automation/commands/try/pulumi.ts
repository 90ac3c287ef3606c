import { existsSync } from "node:fs";
import path from "node:path";
import { LocalWorkspace, Stack } from "@pulumi/pulumi/automation";
import { localBackend, stateFolder } from "../../stack/backend";
import { runOperation } from "../../stack/operation";
import { pulumiCommand } from "../../stack/pulumiCommand";
import { mendStateFiles } from "../../stack/stateFiles";
import { recoverLocks } from "../../stack/stateLocks";
import { temporaryVariables } from "../../stack/temporaryFiles";
import { withoutSelection } from "../../stack/workspace";

/** Project name in trial/Pulumi.yaml. */
const project = "istio-on-k3d-trial";
const stacks = path.join(stateFolder, ".pulumi", "stacks", project);

/** True if the state of this project's own folder has the stack. */
export const hasTrial = (stack: string): boolean =>
  process.env["PULUMI_BACKEND_URL"] === localBackend && existsSync(path.join(stacks, `${stack}.json`));

/** The stack of trial/ that belongs to an environment's stack, with nothing of a killed run in its way. */
export async function openTrial(stackName: string, say: (line: string) => void): Promise<Stack> {
  await recoverLocks(stackName, { folder: stateFolder, project, usageFile: path.join(stateFolder, "usage.json") }, say);
  await mendStateFiles(stackName, stacks, say);
  const workDir = path.join(process.cwd(), "trial");
  const workspace = await LocalWorkspace.create({
    workDir,
    pulumiCommand: await pulumiCommand(),
    envVars: await temporaryVariables(workDir, stackName),
  });
  const stack = hasTrial(stackName)
    ? await Stack.select(stackName, withoutSelection(workspace))
    : await Stack.createOrSelect(stackName, workspace);
  // the summary of an update costs one more start of Pulumi, and nothing here reads it
  return Object.create(stack, { info: { value: async () => undefined } }) as Stack;
}

/** Applies the plan that was written. @throws OperationFailed with every error of the engine */
export const applyTrial = (stack: Stack): Promise<unknown> =>
  // the copy of the configuration file is the environment's, and these stacks have none
  runOperation(
    stack,
    () => {},
    ({ configFile: _, ...options }) => stack.up(options),
  );

/** Removes everything that a run applied, also when trial/ and its plan are gone. */
export const destroyTrial = (stack: Stack): Promise<unknown> =>
  runOperation(
    stack,
    () => {},
    ({ configFile: _, ...options }) => stack.destroy(options),
  );
