import type { CheckResult } from "../../model/checks/result";
import { npmVariable } from "../../model/output/remedy";
import { backendVariables } from "./backend";
import { configInFile } from "./fileSettings";
import { ensureTools, findTools, isOnPath, type Tool, toolsPath } from "./tools";

/** True if the stack's configuration has a k3d cluster, not an existing one. */
const usesK3d = async (stack: string): Promise<boolean> => (await configInFile(stack)).texts["cluster"] !== "existing";

/**
 * Downloads the tools that are missing, and sets the variables of this process that Pulumi needs.
 *
 * @param toolChecks - findings of the tools, if a command looked at them already. Without them, a tool of any version counts
 * as there: `npm start`, which comes first, compares versions.
 */
export async function prepareEnvironment(
  stack: string,
  tools: readonly Tool[],
  toolChecks?: readonly CheckResult[],
): Promise<void> {
  const needed = (await usesK3d(stack)) ? tools : tools.filter((tool) => tool !== "k3d");
  const findings = toolChecks
    ? toolChecks.filter(({ id }) => needed.some((tool) => tool === id))
    : await findTools(needed.filter((tool) => !isOnPath(tool)));
  // standard output may be read by a shell
  await ensureTools((line) => process.stderr.write(`${line}\n`), findings);
  Object.assign(process.env, backendVariables(), { PATH: toolsPath(), [npmVariable]: "true" });
}
