import { exitCodes, OperationFailed } from "../../host/failure";
import { type CommandFailed, capture } from "../../host/process";
import { backendFolder, stackIdentity, stacksIn } from "./backend";
import { StateLost } from "./encryption";
import { projectName } from "./project";

/** A stack that no state has. */
export class NoSuchStack extends StateLost {
  override name = "NoSuchStack";
}

/** Exit status of Pulumi for a stack that the backend does not have (pkg/cmd/pulumi/cmd/exit_codes.go). */
const stackNotFound = 6;

interface Listed {
  readonly name: string;
}

/** True if the backend has the stack; Pulumi answers for a backend that is not files. */
export async function stackExists(stack: string): Promise<boolean> {
  const folder = backendFolder();
  if (folder === undefined)
    return capture("pulumi", ["stack", "--show-name", "--stack", stack, "--non-interactive"]).then(
      () => true,
      ({ reason, status }: CommandFailed) => {
        if (status === stackNotFound) return false;
        throw new OperationFailed(reason.replace(/^error: /, ""), exitCodes.environment);
      },
    );
  const { project, name } = stackIdentity(stack);
  return (await stacksIn(folder)).some((candidate) => candidate.project === project && candidate.name === name);
}

/** Names of the project's stacks. */
async function stackNames(): Promise<string[]> {
  const folder = backendFolder();
  const project = projectName();
  if (folder !== undefined)
    return (await stacksIn(folder)).filter((stack) => stack.project === project).map(({ name }) => name);
  const text = await capture("pulumi", ["stack", "ls", "--json", "--project", project, "--non-interactive"]);
  return (JSON.parse(text) as Listed[]).map(({ name }) => name);
}

/** @throws NoSuchStack that lists the stacks there are */
export async function refuseUnknown(stack: string): Promise<void> {
  await refuseRenamed(stack);
  if (await stackExists(stack)) return;
  const known = await stackNames();
  const list = known.length > 0 ? `there are: ${known.sort().join(", ")}` : "there is none";
  throw new NoSuchStack(
    `stack ${stack} does not exist; ${list}; npm start -- --stack ${stack} makes it`,
    exitCodes.config,
  );
}

/**
 * Refuses a stack whose state belongs to another project name, because somebody renamed the project in Pulumi.yaml or
 * named another project before the stack.
 *
 * @throws OperationFailed with how to rename both
 */
export async function refuseRenamed(stack: string): Promise<void> {
  const folder = backendFolder();
  if (folder === undefined) return;
  const { project, name } = stackIdentity(stack);
  const stacks = (await stacksIn(folder)).filter((candidate) => candidate.name === name);
  const former = stacks.find((candidate) => candidate.project !== project)?.project;
  if (former === undefined || stacks.some((candidate) => candidate.project === project)) return;
  if (project !== projectName())
    throw new OperationFailed(
      `stack ${stack} does not exist in the project ${project}; fix: --stack ${name} names the one of ${projectName()}`,
      exitCodes.config,
    );
  throw new OperationFailed(
    `stack ${name} belongs to the project ${former}, and Pulumi.yaml names ${project}; fix: write name: ${former} into Pulumi.yaml; docs/stacks.md says how to change the name`,
    exitCodes.config,
  );
}
