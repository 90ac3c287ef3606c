import { randomBytes } from "node:crypto";
import { exitCodes, OperationFailed } from "../operation";
import { running } from "../running";
import { openStack } from "../stack";
import type { Subject } from "./check";

const namespaces = "/api/v1/namespaces";

/**
 * Looks at a running environment with a namespace of its own, which is removed however it ends.
 *
 * @throws OperationFailed where there is no environment to look at
 */
export async function withSubject<Result>(
  stackName: string,
  look: (subject: Subject) => Promise<Result>,
): Promise<Result> {
  const scratch = `verify-${randomBytes(4).toString("hex")}`;
  const subject: Subject = { ...(await running(await openStack(stackName), exitCodes.inconclusive)), scratch };
  const { api } = subject;
  await api.create(namespaces, { metadata: { name: scratch } }).catch((error: Error) => {
    throw new OperationFailed(
      `the cluster of stack ${stackName} does not answer: ${error.message}`,
      exitCodes.inconclusive,
    );
  });
  try {
    return await look(subject);
  } finally {
    await api.remove(`${namespaces}/${scratch}`);
  }
}
