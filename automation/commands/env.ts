import { shellWord } from "../../model/output/text";
import { backendVariables } from "../stack/backend";
import { prepareEnvironment } from "../stack/environment";
import { ensureState } from "../stack/passphrase";
import { toolFolders } from "../stack/tools";

/**
 * Lines for a shell, direnv or a CI step that export the variables of plain Pulumi.
 *
 * @param folders - of tools, which come first in PATH
 * @param variables - an undefined one keeps its value in the shell
 */
export function exportLines(folders: readonly string[], variables: NodeJS.ProcessEnv): string {
  const others = Object.entries(variables).filter(([, value]) => value !== undefined);
  return [
    `export PATH=${folders.map(shellWord).join(":")}:"$PATH"`,
    ...others.map(([name, value = ""]) => `export ${name}=${shellWord(value)}`),
  ].join("\n");
}

/** Prints the variables of plain Pulumi, downloads its command line if it is missing, and creates the state. */
export async function printEnvironment(stack: string, say: (line: string) => void): Promise<void> {
  const variables = backendVariables();
  await prepareEnvironment(stack, ["pulumi"]);
  await ensureState();
  say(exportLines(toolFolders, variables));
}
