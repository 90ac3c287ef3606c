import { exitCodes, OperationFailed } from "../../host/failure";
import { type CommandFailed, run } from "../../host/process";
import { backendFolder, renamedStack, stackIdentity, stacksIn, unknownStackMessage } from "../../machine/backend.mjs";
import { projectName } from "../../machine/settings.mjs";
import { StateLost } from "./encryption";

/** A stack that no state has. */
export class NoSuchStack extends StateLost {
  override name = "NoSuchStack";
}

interface Listed {
  readonly name: string;
}

/** True if the backend has the stack; Pulumi answers for a backend that is not files. */
export async function exists(stack: string): Promise<boolean> {
  const folder = backendFolder();
  if (folder === undefined)
    return run("pulumi", ["stack", "--show-name", "--stack", stack, "--non-interactive"]).then(
      () => true,
      ({ reason }: CommandFailed) => {
        if (/no stack named|not found/.test(reason)) return false;
        throw new OperationFailed(reason.replace(/^error: /, ""), exitCodes.environment);
      },
    );
  const { project, name } = stackIdentity(stack);
  return (await stacksIn(folder)).some((one) => one.project === project && one.name === name);
}

/** Names of the project's stacks. */
async function stackNames(): Promise<string[]> {
  const folder = backendFolder();
  const project = projectName();
  if (folder !== undefined)
    return (await stacksIn(folder)).filter((one) => one.project === project).map(({ name }) => name);
  const text = await run("pulumi", ["stack", "ls", "--json", "--project", project, "--non-interactive"]);
  return (JSON.parse(text) as Listed[]).map(({ name }) => name);
}

/** @throws NoSuchStack that lists the stacks there are */
export async function refuseUnknown(stack: string): Promise<void> {
  await refuseRenamed(stack);
  if (await exists(stack)) return;
  throw new NoSuchStack(unknownStackMessage(stack, await stackNames()), exitCodes.config);
}

/**
 * Refuses a stack of a project that got another name in Pulumi.yaml: its state has the old one.
 *
 * @throws OperationFailed with how to rename both
 */
export async function refuseRenamed(stack: string): Promise<void> {
  const message = await renamedStack(stack);
  if (message) throw new OperationFailed(message, exitCodes.config);
}
