import { createHash } from "node:crypto";
import { homedir, tmpdir } from "node:os";
import path from "node:path";
import { createPrivateFolder, removeAbandonedFolders } from "../../host/privateFolder";

const sha256 = (text: string): string => createHash("sha256").update(text).digest("hex");

/** Start of the names of the temporary folders for a stack of the project in a folder. */
const prefixOf = (workDir: string, stack: string): string =>
  `istio-on-k3d-pulumi-${sha256(`${workDir}\n${stack}`).slice(0, 12)}-`;

/**
 * Folder in which Pulumi's ts-node keeps compiled files from one command to the next, also beside a private folder
 * (https://github.com/TypeStrong/ts-node/blob/v7.0.1/src/index.ts, getTmpDir).
 */
const compiledFiles = (): string =>
  process.env["TS_NODE_CACHE_DIRECTORY"] || path.join(tmpdir(), `ts-node-${sha256(homedir())}`);

const folders = new Map<string, Promise<string | undefined>>();

/**
 * Variables that give Pulumi and its providers a temporary folder of this process.
 *
 * The Kubernetes provider writes its kubeconfig, an administrator's, into the temporary folder for Helm, and never removes it
 * (https://github.com/pulumi/pulumi-kubernetes/blob/v4.32.0/provider/pkg/provider/util.go, writeKubeconfigToFile).
 */
export async function temporaryVariables(workDir: string, stack: string): Promise<Record<string, string>> {
  const prefix = prefixOf(workDir, stack);
  const created = folders.get(prefix) ?? createPrivateFolder(prefix);
  folders.set(prefix, created);
  const folder = await created;
  return folder === undefined ? {} : { TMPDIR: folder, TS_NODE_CACHE_DIRECTORY: compiledFiles() };
}

/**
 * Removes the temporary folders that killed commands left for a stack.
 *
 * To be called after an update of the stack: until another update has the stack's lock, Pulumi's process may outlive the
 * command that was killed, and still read its kubeconfig.
 */
export const removeTemporaryLeftovers = (workDir: string, stack: string): Promise<void> =>
  removeAbandonedFolders(prefixOf(workDir, stack));
