import { readFileSync } from "node:fs";
import path from "node:path";
import { type CommandWriter, forNpm } from "../../model/output/remedy";

/** Top folder of the project: npm runs its scripts there. */
export const projectRoot = process.cwd();

/** The stack that a command without `--stack` acts on. Pulumi's own commands also follow PULUMI_STACK. */
export const defaultStack = (): string => process.env["PULUMI_STACK"] || "dev";

/** The stack that a command has to name; undefined if every command acts on it by default. */
export const stackOption = (stack: string): string | undefined =>
  stack === "dev" && defaultStack() === "dev" ? undefined : stack;

/** Writes the commands of remedies for a stack. */
export const commandsFor = (stack: string): CommandWriter => forNpm(stackOption(stack));

/** Name of a stack without its organization and project, as in the name of its configuration file. */
export const shortName = (stack: string): string => stack.slice(stack.lastIndexOf("/") + 1);

/** Path of a stack's configuration file. */
export const stackFile = (stack: string): string => path.resolve(`Pulumi.${shortName(stack)}.yaml`);

/** Text of Pulumi.yaml; empty if there is none. */
function projectFile(): string {
  try {
    return readFileSync(path.join(projectRoot, "Pulumi.yaml"), "utf8");
  } catch {
    return "";
  }
}

/** Name of the project in Pulumi.yaml, which is the prefix of its configuration keys. */
export const projectName = (): string => /^name:[ \t]*["']?([\w.-]+)/m.exec(projectFile())?.[1] ?? "istio-on-k3d";

/** URL of the backend in Pulumi.yaml; undefined if it names none. */
export const projectBackend = (): string | undefined =>
  /^backend:\s*(?:\{\s*)?url:\s*["']?([^\s"'}]+)/m.exec(projectFile())?.[1];
