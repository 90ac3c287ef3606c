// @ts-check
import { randomBytes } from "node:crypto";
import { mkdir, readdir, readFile, writeFile } from "node:fs/promises";
import path from "node:path";
import { pathToFileURL } from "node:url";
import { ask } from "./command.mjs";
import { root } from "./settings.mjs";

/** Folder of the state and its passphrase; without it nothing can be changed or destroyed by Pulumi any more. */
export const stateFolder = path.join(root, ".state");

/** Where Pulumi keeps the stacks of this program in it. */
export const stacksFolder = path.join(stateFolder, ".pulumi", "stacks", "istio-on-k3d");

/**
 * Prepares the local state and its passphrase, no account needed.
 *
 * @returns {Promise<NodeJS.ProcessEnv>} variables that Pulumi needs to open the state; a passphrase that the user set stays
 */
export async function ensureBackend() {
  await mkdir(stateFolder, { recursive: true, mode: 0o700 });
  const file = path.join(stateFolder, "passphrase");
  // an absolute URL: Pulumi resolves a relative one against the current folder, and decodes "#", "?" and "%"
  const backend = { PULUMI_BACKEND_URL: process.env["PULUMI_BACKEND_URL"] || pathToFileURL(stateFolder).href };
  const own = process.env["PULUMI_CONFIG_PASSPHRASE"] !== undefined || process.env["PULUMI_CONFIG_PASSPHRASE_FILE"];
  if (own) return backend;
  await readFile(file).catch(() => writeFile(file, randomBytes(24).toString("base64url"), { mode: 0o600, flag: "wx" }));
  return { ...backend, PULUMI_CONFIG_PASSPHRASE_FILE: file };
}

/**
 * The stack that arguments of Pulumi name; undefined where they name none.
 *
 * @param {readonly string[]} args
 */
export function namedStack(args) {
  const at = args.findIndex((arg) => /^(--stack|-s)(=|$)/.test(arg));
  return at < 0 ? undefined : (/=(.*)/.exec(args[at] ?? "")?.[1] ?? args[at + 1]);
}

/**
 * Makes and selects the stack that is to be configured before its first up, since Pulumi configures only stacks that it knows.
 *
 * @param {readonly string[]} args - of Pulumi
 * @param {NodeJS.ProcessEnv} env
 */
export async function ensureStack(args, env) {
  if (args[0] !== "config") return;
  const files = await readdir(stacksFolder).catch(() => /** @type {string[]} */ ([]));
  const named = namedStack(args);
  if (named === undefined ? files.length > 0 : files.includes(`${named}.json`)) return;
  const { code, err } = await ask("pulumi", ["stack", "select", named ?? "dev", "--create"], {
    milliseconds: 60_000,
    env,
  });
  if (code !== 0) throw new Error(err.trim());
}
