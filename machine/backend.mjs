// @ts-check
import { randomBytes, randomUUID } from "node:crypto";
import { link, mkdir, open, readdir, readFile, rename, rm } from "node:fs/promises";
import path from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { projectBackend, projectName, root, shortName } from "./settings.mjs";

/** Folder of the state and its passphrase; without it nothing can be changed or destroyed by Pulumi any more. */
export const stateFolder = path.join(root, ".state");

const passphraseFile = path.join(stateFolder, "passphrase");

/** URL of the backend, as Pulumi decides it: the shell's, the project's, or else the folder of the state. */
const backendUrl = () => process.env["PULUMI_BACKEND_URL"] || projectBackend() || pathToFileURL(stateFolder).href;

/** Folder of a backend of files; undefined for any other backend, which this project cannot look into. */
export function backendFolder(url = backendUrl()) {
  if (!url.startsWith("file://")) return undefined;
  const [place = ""] = url.split("?");
  if (place.startsWith("file:///")) return fileURLToPath(place);
  // Pulumi resolves the other forms, file://~ and file://./folder, by itself
  const folder = decodeURIComponent(place.slice("file://".length));
  const home = process.env["HOME"] ?? "";
  return path.resolve(root, folder.replace(/^~(?=\/|$)/, home));
}

/** @param {string} folder @returns {Promise<string[]>} names in a folder; none where it is absent */
const names = (folder) => readdir(folder).catch(() => []);

const stateFile = /^(.+)\.json(?:\.gz|\.zst)?$/;

/**
 * Projects and names of all stacks in a backend of files.
 *
 * @param {string} folder
 * @returns {Promise<{ project: string, name: string }[]>}
 */
export async function stacksIn(folder) {
  const stacks = path.join(folder, ".pulumi", "stacks");
  const found = (await names(stacks)).map(async (project) =>
    (await names(path.join(stacks, project))).flatMap((file) => {
      const name = stateFile.exec(file)?.[1];
      return name === undefined ? [] : [{ project, name }];
    }),
  );
  return (await Promise.all(found)).flat();
}

/**
 * A stack in a backend of files by the name that a command has for it.
 *
 * @param {string} stack - NAME, organization/NAME or organization/PROJECT/NAME
 */
export function stackIdentity(stack) {
  const parts = stack.split("/");
  return { project: parts.length === 3 ? (parts[1] ?? "") : projectName(), name: shortName(stack) };
}

/**
 * Says that a stack does not exist, and which ones do; undefined for one that exists, and for a backend that is not files.
 *
 * @param {string} stack
 */
export async function unknownStack(stack) {
  const folder = backendFolder();
  if (folder === undefined) return undefined;
  const { project, name } = stackIdentity(stack);
  const known = (await stacksIn(folder)).filter((one) => one.project === project).map((one) => one.name);
  if (known.includes(name)) return undefined;
  return (await renamedStack(stack)) ?? unknownStackMessage(stack, known);
}

/**
 * Says that a stack belongs to a project of another name, where the project's own has no such stack: somebody renamed
 * the project in Pulumi.yaml, and the state has the former name.
 *
 * @param {string} stack
 */
export async function renamedStack(stack) {
  const folder = backendFolder();
  if (folder === undefined) return undefined;
  const { project, name } = stackIdentity(stack);
  const stacks = (await stacksIn(folder)).filter((one) => one.name === name);
  const former = stacks.find((one) => one.project !== project)?.project;
  if (former === undefined || stacks.some((one) => one.project === project)) return undefined;
  return `Pulumi.yaml names the project ${project}, and stack ${name} belongs to ${former}; fix: write name: ${former} into Pulumi.yaml; to change the name, run npm run destroy under the former one, since the cluster is made anew, then: npm run pulumi -- stack rename organization/${project}/${name} --stack organization/${former}/${name}`;
}

/** @param {string} stack @param {readonly string[]} known */
export function unknownStackMessage(stack, known) {
  const there = known.length > 0 ? `there are: ${[...known].sort().join(", ")}` : "there is none";
  return `stack ${stack} does not exist; ${there}; npm start -- --stack ${stack} makes it`;
}

/** @param {string} file @returns {Promise<string>} its text, empty where it is absent */
async function textOf(file) {
  try {
    return (await readFile(file, "utf8")).trim();
  } catch (error) {
    const { code } = /** @type {NodeJS.ErrnoException} */ (error);
    if (code === "ENOENT") return "";
    if (code === "EACCES" || code === "EPERM")
      throw new Error(`${file} belongs to another user; fix: sudo chown -R "$(id -u):$(id -g)" ${stateFolder}`);
    throw error;
  }
}

/**
 * Makes the folder of the state and its passphrase, which is whole or not there, also where two commands start at once.
 * The passphrase of a state that exists is never made anew: that state could be opened by no other.
 */
export async function ensureState() {
  await mkdir(stateFolder, { recursive: true, mode: 0o700 });
  const used = process.env["PULUMI_CONFIG_PASSPHRASE_FILE"];
  if (process.env["PULUMI_CONFIG_PASSPHRASE"] !== undefined || (used && used !== passphraseFile)) return;
  if ((await textOf(passphraseFile)) !== "" || (await stacksIn(stateFolder)).length > 0) return;
  const written = path.join(stateFolder, `passphrase.${randomUUID()}`);
  const next = path.join(stateFolder, "passphrase.new");
  try {
    const handle = await open(written, "wx", 0o600);
    await handle.writeFile(randomBytes(24).toString("base64url"));
    await handle.sync();
    await handle.close();
    // one of all commands makes the next passphrase, and any of them puts it into its place
    await link(written, next).catch(ignore("EEXIST"));
    if ((await textOf(passphraseFile)) === "") await rename(next, passphraseFile).catch(ignore("ENOENT"));
    else await rm(next, { force: true });
  } catch (error) {
    const { code, message } = /** @type {NodeJS.ErrnoException} */ (error);
    throw code === "ENOSPC"
      ? new Error(`the disk is full, no passphrase was made; fix: free some space (${message})`)
      : error;
  } finally {
    await rm(written, { force: true });
  }
}

/** @param {string} expected @returns {(error: NodeJS.ErrnoException) => void} */
const ignore = (expected) => (error) => {
  if (error.code !== expected) throw error;
};

/**
 * Variables with which Pulumi finds the local state, no account needed; what the user set stays.
 *
 * @param {NodeJS.ProcessEnv} [env]
 * @returns {NodeJS.ProcessEnv}
 */
export function backendVariables(env = process.env) {
  const own = env["PULUMI_CONFIG_PASSPHRASE"] !== undefined || env["PULUMI_CONFIG_PASSPHRASE_FILE"];
  return {
    ...(!env["PULUMI_BACKEND_URL"] && !projectBackend() && { PULUMI_BACKEND_URL: pathToFileURL(stateFolder).href }),
    ...(!own && { PULUMI_CONFIG_PASSPHRASE_FILE: passphraseFile }),
    // so that no stack's file needs the salt of this machine's passphrase: Pulumi finds it in the state
    PULUMI_FALLBACK_TO_STATE_SECRETS_MANAGER: "true",
  };
}

/**
 * The passphrase that Pulumi will use.
 *
 * @param {NodeJS.ProcessEnv} [env]
 * @returns {Promise<{ text: string, problem?: undefined } | { problem: string, isOwn: boolean }>}
 */
export async function passphrase(env = process.env) {
  const text = env["PULUMI_CONFIG_PASSPHRASE"];
  if (text !== undefined) return { text };
  const file = env["PULUMI_CONFIG_PASSPHRASE_FILE"];
  if (!file) return { problem: "PULUMI_CONFIG_PASSPHRASE_FILE is not set", isOwn: true };
  const found = await textOf(path.resolve(root, file));
  if (found !== "") return { text: found };
  return { problem: `${file} is missing or empty`, isOwn: path.resolve(root, file) !== passphraseFile };
}
