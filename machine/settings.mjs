// @ts-check
import { readFileSync } from "node:fs";
import path from "node:path";

/** Top of the project, where npm runs its scripts. */
export const root = process.cwd();

/**
 * The flat keys of a stack's configuration file, read before any dependency is installed; {} where there is no file.
 *
 * @param {string} text - contents of Pulumi.STACK.yaml
 * @returns {Record<string, string>} values by key without the project's prefix
 */
export function flatConfig(text) {
  const line = /^ {2}istio-on-k3d:([A-Za-z]\w*):[ \t]+(?:"([^"\n]*)"|'([^'\n]*)'|([^\s#"'][^\n#]*?))[ \t]*(?:#.*)?$/gm;
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
  const given = flatConfig(readOr(path.join(root, `Pulumi.${stack}.yaml`)));
  /** @type {typeof import("../versions.json")} */
  const versions = JSON.parse(readFileSync(path.join(root, "versions.json"), "utf8"));
  const port = (/** @type {string | undefined} */ text, /** @type {number} */ preset) =>
    text && /^\d{1,5}$/.test(text) ? Number(text) : preset;
  return {
    /** Context of a cluster that the user has; undefined where the environment makes one. */
    context: given["cluster"] === "existing" ? (given["kubeContext"] ?? "none") : undefined,
    owner: `istio-on-k3d/${stack}`,
    clusterName: given["clusterName"] ?? "istio",
    ports: [port(given["httpPort"], 80), port(given["httpsPort"], 443)],
    subnet: given["subnet"] ?? "10.44.0.0/24",
    kubernetesMinor: Number((given["k3sVersion"] ?? versions.k3s).split(".")[1]),
    versions,
  };
}
