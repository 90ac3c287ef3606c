// @ts-check
import { randomBytes } from "node:crypto";
import { mkdir, readFile, writeFile } from "node:fs/promises";
import path from "node:path";
import { root } from "./settings.mjs";

/** Folder of the state and its passphrase; without it nothing can be changed or destroyed by Pulumi any more. */
const folder = path.join(root, ".state");

/**
 * Prepares the local state and its passphrase, no account needed.
 *
 * @returns {Promise<NodeJS.ProcessEnv>} variables that Pulumi needs to open the state; a passphrase that the user set stays
 */
export async function ensureBackend() {
  await mkdir(folder, { recursive: true, mode: 0o700 });
  const file = path.join(folder, "passphrase");
  const own = process.env["PULUMI_CONFIG_PASSPHRASE"] !== undefined || process.env["PULUMI_CONFIG_PASSPHRASE_FILE"];
  if (own) return {};
  await readFile(file).catch(() => writeFile(file, randomBytes(24).toString("base64url"), { mode: 0o600, flag: "wx" }));
  return { PULUMI_CONFIG_PASSPHRASE_FILE: file };
}
