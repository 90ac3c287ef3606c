import { readFile } from "node:fs/promises";
import { parse } from "yaml";
import { project } from "../../model/names";
import { explain, problemsOf } from "../../model/settings/parse";
import { exitCodes, OperationFailed } from "./operation";

/**
 * Refuses a stack's configuration that the program would refuse, before Pulumi looks at it: Pulumi's own check of types
 * stops at the first key.
 *
 * @throws OperationFailed with every problem at once
 */
export async function refuseWrongConfig(stackName: string): Promise<void> {
  const text = await readFile(`Pulumi.${stackName}.yaml`, "utf8").catch(() => "{}");
  const { config } = ((): { config?: Readonly<Record<string, unknown>> } => {
    try {
      return parse(text) ?? {};
    } catch (error) {
      throw new OperationFailed(`Pulumi.${stackName}.yaml is not YAML: ${(error as Error).message}`, exitCodes.config);
    }
  })();
  // what is encrypted only the program can judge
  const encrypted = (value: unknown) => typeof value === "object" && value !== null && "secure" in value;
  const own = Object.entries(config ?? {})
    .filter(([key]) => key.startsWith(`${project}:`))
    .map(([key, value]) => [key.slice(project.length + 1), value] as const);
  const texts = own
    .filter(([, value]) => !encrypted(value))
    .map(([key, value]) => [key, typeof value === "object" ? JSON.stringify(value) : String(value)] as const);
  const problems = problemsOf(Object.fromEntries(texts), {
    plain: texts.map(([key]) => key),
    encrypted: own.filter(([, value]) => encrypted(value)).map(([key]) => key),
  });
  if (problems.length > 0) throw new OperationFailed(explain(problems), exitCodes.config);
}
