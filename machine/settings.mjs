// @ts-check
import { readFileSync } from "node:fs";
import path from "node:path";

/** Top of the project, where npm runs its scripts. */
export const root = process.cwd();

/** The stack of every command that names none. Pulumi's own commands follow PULUMI_STACK too. */
export const defaultStack = () => process.env["PULUMI_STACK"] || "dev";

/** Name of a stack without its organization and project, as its file of configuration has it. @param {string} stack */
export const shortName = (stack) => stack.slice(stack.lastIndexOf("/") + 1);

/** File of a stack's configuration, in the current folder. @param {string} stack */
export const stackFile = (stack) => path.resolve(`Pulumi.${shortName(stack)}.yaml`);

/** Name of the project in Pulumi.yaml, which is the prefix of its keys. */
export const projectName = () =>
  /^name:[ \t]*["']?([\w.-]+)/m.exec(readOr(path.join(root, "Pulumi.yaml")))?.[1] ?? "istio-on-k3d";

/** URL of the backend that Pulumi.yaml names; undefined where it names none. */
export const projectBackend = () =>
  /^backend:\s*(?:\{\s*)?url:\s*["']?([^\s"'}]+)/m.exec(readOr(path.join(root, "Pulumi.yaml")))?.[1];

/** @param {string} file */
const readOr = (file) => {
  try {
    return readFileSync(file, "utf8");
  } catch {
    return "";
  }
};

/** @returns {typeof import("../versions.json")} */
export const versions = () => JSON.parse(readFileSync(path.join(root, "versions.json"), "utf8"));

/**
 * True if a stack's file may ask for a cluster that the user has, which needs no Docker. Only a guess: before the
 * dependencies are installed nothing can read YAML.
 *
 * @param {string} stack
 */
export const mayBeExisting = (stack) => /\bcluster["']?\s*:\s*["']?existing\b/.test(readOr(stackFile(stack)));
