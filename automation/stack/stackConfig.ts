import { projectName } from "../../machine/settings.mjs";
import { formerKeys } from "../../model/settings/namespaces";
import { explain, problemsOf } from "../../model/settings/parse";
import { exitCodes, OperationFailed } from "./failure";
import { isEncrypted, readStackFile, stackText } from "./stackFile";

/**
 * Refuses a stack's configuration that the program would refuse, before Pulumi looks at it: Pulumi's own check of types
 * stops at the first key.
 *
 * @throws OperationFailed with every problem at once
 */
export async function refuseWrongConfig(stackName: string): Promise<void> {
  const { config } = readStackFile(stackName, await stackText(stackName));
  const prefix = `${projectName()}:`;
  const own = Object.entries(config ?? {})
    .filter(([key]) => key.startsWith(prefix))
    .map(([key, value]) => [key.slice(prefix.length), value] as const);
  // what is encrypted only the program can judge
  const texts = own
    .filter(([, value]) => !isEncrypted(value))
    .map(([key, value]) => [key, typeof value === "object" ? JSON.stringify(value) : String(value)] as const);
  const problems = [
    ...formerKeys(Object.keys(config ?? {}), projectName()),
    ...problemsOf(Object.fromEntries(texts), {
      plain: texts.map(([key]) => key),
      encrypted: own.filter(([, value]) => isEncrypted(value)).map(([key]) => key),
    }),
  ];
  if (problems.length > 0) throw new OperationFailed(explain(problems), exitCodes.config);
}
