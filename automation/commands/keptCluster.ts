import { keepVariable } from "../../model/cluster/ownership";
import { exitCodes } from "../stack/operation";
import { runningEnvironment } from "../stack/runningEnvironment";
import { openRecovered } from "./recover";

/**
 * Opens a stack that is up. None of its operations replaces the cluster.
 *
 * @throws OperationFailed when the stack is not up
 */
export async function openKeepingCluster(stackName: string, say: (line: string) => void) {
  const opened = await openRecovered(stackName, say);
  const { workspace } = opened.stack;
  // set for this stack's operations and not in process.env, because a program may run `up` afterwards
  workspace.envVars = { ...workspace.envVars, [keepVariable]: "1" };
  return { stack: opened.stack, running: await runningEnvironment(opened.stack, exitCodes.environment, opened) };
}
