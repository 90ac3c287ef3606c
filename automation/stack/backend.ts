import { readdir } from "node:fs/promises";
import path from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { exitCodes, OperationFailed } from "../../host/failure";
import { projectBackend, projectName, projectRoot, shortName } from "./project";

/** Folder of the state and its passphrase. Without it, Pulumi can neither change nor destroy an environment. */
export const stateFolder = path.join(projectRoot, ".state");

/** File with the passphrase of the state in {@link stateFolder}. */
export const passphraseFile = path.join(stateFolder, "passphrase");

/** URL of the backend in {@link stateFolder}. */
export const localBackend = pathToFileURL(stateFolder).href;

/**
 * Value of PULUMI_BACKEND_URL once a command has prepared Pulumi's environment. Undefined when Pulumi.yaml names the
 * backend, since Pulumi then reads it by itself.
 */
export const preparedBackend = (env: NodeJS.ProcessEnv = process.env): string | undefined =>
  env["PULUMI_BACKEND_URL"] || (projectBackend() ? undefined : localBackend);

/** URL of the backend in Pulumi's order: the shell's, the project's, or else {@link stateFolder}. */
const backendUrl = (): string => preparedBackend() ?? projectBackend() ?? localBackend;

/** Folder of a backend in files; undefined for any other backend, whose state only Pulumi can read. */
export function backendFolder(url = backendUrl()): string | undefined {
  if (!url.startsWith("file://")) return undefined;
  const [place = ""] = url.split("?");
  if (place.startsWith("file:///")) return fileURLToPath(place);
  // Pulumi resolves the other forms, file://~ and file://./folder, by itself
  const folder = decodeURIComponent(place.slice("file://".length));
  const home = process.env["HOME"] ?? "";
  return path.resolve(projectRoot, folder.replace(/^~(?=\/|$)/, home));
}

/**
 * Explains an error of reading a state. A state that cannot be read is not an absent one.
 *
 * @param place - file or folder that was read
 */
export function readFailure(place: string, error: NodeJS.ErrnoException): Error {
  if (error.code !== "EACCES" && error.code !== "EPERM") return error;
  const top = place.startsWith(stateFolder) ? stateFolder : place;
  return new OperationFailed(
    `${place} belongs to another user; fix: sudo chown -R "$(id -u):$(id -g)" ${top}`,
    exitCodes.environment,
  );
}

/** Names in a folder of a state; none if the folder is absent. */
export const namesIn = (folder: string): Promise<string[]> =>
  readdir(folder).catch((error: NodeJS.ErrnoException) => {
    if (error.code === "ENOENT" || error.code === "ENOTDIR") return [];
    throw readFailure(folder, error);
  });

const stateFile = /^(.+)\.json(?:\.gz|\.zst)?$/;

/** A stack in a backend of files. */
export interface StackIdentity {
  readonly project: string;
  readonly name: string;
}

/** Projects and names of all stacks in a backend of files. */
export async function stacksIn(folder: string): Promise<StackIdentity[]> {
  const stacks = path.join(folder, ".pulumi", "stacks");
  const stacksByProject = (await namesIn(stacks)).map(async (project) =>
    (await namesIn(path.join(stacks, project))).flatMap((file) => {
      const name = stateFile.exec(file)?.[1];
      return name === undefined ? [] : [{ project, name }];
    }),
  );
  return (await Promise.all(stacksByProject)).flat();
}

/** @param stack - NAME, organization/NAME or organization/PROJECT/NAME */
export function stackIdentity(stack: string): StackIdentity {
  const parts = stack.split("/");
  return { project: parts.length === 3 ? (parts[1] ?? "") : projectName(), name: shortName(stack) };
}

/** Variables with which Pulumi finds the local state, without an account. Variables that the user has set stay. */
export function backendVariables(env: NodeJS.ProcessEnv = process.env): NodeJS.ProcessEnv {
  const backend = env["PULUMI_BACKEND_URL"] ? undefined : preparedBackend(env);
  const hasPassphrase = env["PULUMI_CONFIG_PASSPHRASE"] !== undefined || env["PULUMI_CONFIG_PASSPHRASE_FILE"];
  return {
    ...(backend && { PULUMI_BACKEND_URL: backend }),
    ...(!hasPassphrase && { PULUMI_CONFIG_PASSPHRASE_FILE: passphraseFile }),
    // Pulumi then reads the salt of this machine's passphrase from the state, so stack files do not need it
    PULUMI_FALLBACK_TO_STATE_SECRETS_MANAGER: "true",
  };
}
