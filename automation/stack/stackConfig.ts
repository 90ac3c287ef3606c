import { exitCodes, OperationFailed } from "../../host/failure";
import { formerKeys } from "../../model/settings/namespaces";
import { problemsOf, problemsText } from "../../model/settings/parse";
import { configInFile } from "./fileSettings";
import { commandsFor, projectName } from "./project";
import { readStackFile, stackText } from "./stackFile";

/**
 * Refuses a stack's configuration that the program would refuse, before Pulumi looks at it: Pulumi's own check of types
 * stops at the first key.
 *
 * @throws OperationFailed with every problem at once
 */
export async function refuseWrongConfig(stackName: string): Promise<void> {
  const { config } = readStackFile(stackName, await stackText(stackName));
  const { texts, encrypted } = await configInFile(stackName);
  const problems = [
    ...formerKeys(Object.keys(config ?? {}), projectName()),
    // only the program can judge what is encrypted
    ...problemsOf(texts, { plain: Object.keys(texts), encrypted }),
  ];
  if (problems.length > 0) throw new OperationFailed(problemsText(problems, commandsFor(stackName)), exitCodes.config);
}
