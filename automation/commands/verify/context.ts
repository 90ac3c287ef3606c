import { randomBytes } from "node:crypto";
import { type Api, listOf } from "../../../host/kubernetes";
import { project } from "../../../model/names";
import { exitCodes, OperationFailed } from "../../stack/operation";
import { runningEnvironment } from "../../stack/runningEnvironment";
import { openStack } from "../../stack/stack";
import type { CheckContext } from "./check";

const namespaces = "/api/v1/namespaces";
/** Label of the namespaces of runs. */
const scratchLabel = `${project}.scratch`;
/** Longest time of a run in milliseconds. */
const longest = 3_600_000;

interface Namespace {
  readonly metadata: { readonly name: string; readonly creationTimestamp: string };
}

/** Removes the namespaces that killed runs left, with everything in them. */
export async function removeLeftovers(api: Pick<Api, "get" | "remove">, now = Date.now()): Promise<void> {
  for (const { metadata } of await listOf<Namespace>(api, namespaces, scratchLabel))
    if (now - Date.parse(metadata.creationTimestamp) > longest) await api.remove(`${namespaces}/${metadata.name}`);
}

/**
 * Runs checks of a running environment. They get a namespace of their own, which is removed afterwards in any case.
 *
 * @throws OperationFailed if the environment is not up or does not answer
 */
export async function withContext<Result>(
  stackName: string,
  say: (line: string) => void,
  observe: (context: CheckContext) => Promise<Result>,
): Promise<Result> {
  const scratch = `verify-${randomBytes(4).toString("hex")}`;
  const context: CheckContext = {
    ...(await runningEnvironment(await openStack(stackName), exitCodes.inconclusive)),
    scratch,
  };
  const { api } = context;
  const noAnswer = (error: Error) => {
    throw new OperationFailed(
      `the cluster of stack ${stackName} does not answer: ${error.message}`,
      exitCodes.inconclusive,
    );
  };
  const metadata = { name: scratch, labels: { [scratchLabel]: "true" } };
  await api.create(namespaces, { metadata }).catch(noAnswer);
  try {
    await removeLeftovers(api).catch(noAnswer);
    return await observe(context);
  } finally {
    // a removal that fails must not hide the results
    await api
      .remove(`${namespaces}/${scratch}`)
      .catch((error: Error) => say(`the namespace ${scratch} stays until a later verify removes it: ${error.message}`));
  }
}
