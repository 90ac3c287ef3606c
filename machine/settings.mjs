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

/**
 * The flat keys of a stack's configuration file, read before any dependency is installed; {} where there is no file.
 *
 * @param {string} text - contents of Pulumi.STACK.yaml
 * @param {string} [project]
 * @returns {Record<string, string>} values by key without the project's prefix
 */
export function flatConfig(text, project = projectName()) {
  const value = /(?:"([^"\n]*)"|'([^'\n]*)'|([^\s#"'][^\n#]*?))[ \t]*(?:#.*)?$/.source;
  const line = new RegExp(`^ {2}${project.replaceAll(".", "\\.")}:([A-Za-z]\\w*):[ \\t]+${value}`, "gm");
  return Object.fromEntries(
    [...text.matchAll(line)].map(([, key, double, single, plain]) => [key, double ?? single ?? plain ?? ""]),
  );
}

/** @param {string} file */
const readOr = (file) => {
  try {
    return readFileSync(file, "utf8");
  } catch {
    return "";
  }
};

/**
 * What the checks of the machine have to know of a stack.
 *
 * @param {string} stack
 */
export function stackSettings(stack) {
  const given = flatConfig(readOr(stackFile(stack)));
  /** @type {typeof import("../versions.json")} */
  const versions = JSON.parse(readFileSync(path.join(root, "versions.json"), "utf8"));
  const port = (/** @type {string | undefined} */ text, /** @type {number} */ preset) =>
    text && /^\d{1,5}$/.test(text) ? Number(text) : preset;
  return {
    /** Context of a cluster that the user has; undefined where the environment makes one. */
    context: given["cluster"] === "existing" ? (given["kubeContext"] ?? "none") : undefined,
    owner: `${projectName()}/${shortName(stack)}`,
    clusterName: given["clusterName"] ?? "istio",
    ports: [port(given["httpPort"], 80), port(given["httpsPort"], 443)],
    subnet: given["subnet"] ?? "10.44.0.0/24",
    kubernetesMinor: Number((given["k3sVersion"] ?? versions.k3s).split(".")[1]),
    versions,
  };
}
