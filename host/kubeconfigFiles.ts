import { readFileSync } from "node:fs";
import { homedir } from "node:os";
import path from "node:path";
import { parse } from "yaml";
import { type Fields, isMapping } from "../model/mapping";

/** One entry of a list in a kubeconfig, such as `{ name, cluster }`. */
export interface KubeconfigEntry {
  readonly name: string;
  readonly fields: Fields;
}

/** The kubeconfig files of the user merged, with paths made absolute. */
export interface MergedKubeconfig {
  readonly files: readonly string[];
  readonly contexts: readonly KubeconfigEntry[];
  readonly clusters: readonly KubeconfigEntry[];
  readonly users: readonly KubeconfigEntry[];
}

/** The user's kubeconfig files, as kubectl looks for them: an empty KUBECONFIG counts as unset. */
export const kubeconfigFiles = (): string[] => {
  const named = (process.env["KUBECONFIG"] ?? "").split(path.delimiter).filter(Boolean);
  return named.length > 0 ? named : [path.join(homedir(), ".kube", "config")];
};

const fileFields = ["certificate-authority", "client-certificate", "client-key", "tokenFile"];

/** A kubeconfig's paths are relative to its folder, and inline data has precedence over a file. */
function withAbsolutePaths(fields: Fields, folder: string): Fields {
  const resolved = (name: string, value: unknown): unknown => {
    if (fileFields.includes(name)) return path.resolve(folder, String(value));
    if (name !== "exec" || !isMapping(value)) return value;
    const { command, ...exec } = value;
    // a command without a slash is looked for on the PATH
    return { ...exec, command: String(command).includes("/") ? path.resolve(folder, String(command)) : command };
  };
  const kept = Object.entries(fields).filter(([name]) => !(`${name}-data` in fields));
  return Object.fromEntries(kept.map(([name, value]) => [name, resolved(name, value)]));
}

/** @throws Error naming a file that cannot be read or is no kubeconfig; a file that does not exist is skipped */
function readKubeconfig(file: string): Fields {
  try {
    const config: unknown = parse(readFileSync(file, "utf8")) ?? {};
    if (!isMapping(config)) throw new Error("it is no map of keys and values");
    return config;
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    if (code === "ENOENT" || code === "ENOTDIR") return {};
    throw new Error(`the kubeconfig ${file} cannot be read: ${message.split("\n")[0]}`);
  }
}

/** Entries of a list of a file. @throws Error for anything but a list of maps, each with a name */
function entriesOf(file: string, config: Fields, plural: string, singular: string): readonly Fields[] {
  const entries = config[plural] ?? [];
  const isEntry = (entry: unknown): entry is Fields =>
    isMapping(entry) && typeof entry["name"] === "string" && isMapping(entry[singular] ?? {});
  if (Array.isArray(entries) && entries.every(isEntry)) return entries;
  throw new Error(
    `the kubeconfig ${file} cannot be read: ${plural} must be a list, and each of its entries must have a name and a map ${singular}`,
  );
}

/**
 * Merges the user's kubeconfig files by kubectl's rules: a context may be in one file and its cluster and user in others,
 * and where a name occurs twice the first file wins
 * (https://kubernetes.io/docs/concepts/configuration/organize-cluster-access-kubeconfig/#merging-kubeconfig-files).
 */
export function mergedKubeconfig(): MergedKubeconfig {
  const files = kubeconfigFiles();
  const configs = files.map((file) => ({
    file,
    config: readKubeconfig(file),
    folder: path.dirname(path.resolve(file)),
  }));
  const mergedEntries = (plural: string, singular: string): KubeconfigEntry[] => {
    const byName = new Map<string, KubeconfigEntry>();
    for (const { file, config, folder } of configs)
      for (const entry of entriesOf(file, config, plural, singular)) {
        const name = String(entry["name"]);
        const fields = withAbsolutePaths((entry[singular] ?? {}) as Fields, folder);
        if (!byName.has(name)) byName.set(name, { name, fields });
      }
    return [...byName.values()];
  };
  return {
    files,
    contexts: mergedEntries("contexts", "context"),
    clusters: mergedEntries("clusters", "cluster"),
    users: mergedEntries("users", "user"),
  };
}
