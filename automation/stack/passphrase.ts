import { randomBytes, randomUUID } from "node:crypto";
import { link, mkdir, open, readFile, rename, rm } from "node:fs/promises";
import path from "node:path";
import { exitCodes, OperationFailed } from "../../host/failure";
import { passphraseFile, readFailure, stacksIn, stateFolder } from "./backend";
import { projectRoot } from "./project";

/** Text of a file; empty if the file is absent. */
async function textOf(file: string): Promise<string> {
  try {
    return (await readFile(file, "utf8")).trim();
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === "ENOENT") return "";
    if (code === "EISDIR")
      throw new OperationFailed(`${file} is a folder; fix: name a file with a passphrase`, exitCodes.environment);
    throw readFailure(file, error as NodeJS.ErrnoException);
  }
}

const ignoreCode = (expected: string) => (error: NodeJS.ErrnoException) => {
  if (error.code !== expected) throw error;
};

/**
 * Creates the folder of the state and its passphrase. The passphrase is either complete or absent, also when two commands
 * start at once. A state that exists never gets a new passphrase, because the new one could not open it.
 */
export async function ensureState(): Promise<void> {
  await mkdir(stateFolder, { recursive: true, mode: 0o700 }).catch(({ code }: NodeJS.ErrnoException) => {
    const fix = code === "EEXIST" ? `move the file ${stateFolder} away` : "make this folder writable";
    throw new OperationFailed(`${stateFolder} cannot be created: ${code}; fix: ${fix}`, exitCodes.environment);
  });
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
    // of all commands that run at once, one creates the next passphrase, and any of them puts it into its place
    await link(written, next).catch(ignoreCode("EEXIST"));
    if ((await textOf(passphraseFile)) === "") await rename(next, passphraseFile).catch(ignoreCode("ENOENT"));
    else await rm(next, { force: true });
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    if (code !== "ENOSPC") throw error;
    throw new OperationFailed(
      `the disk is full, so no passphrase was written; fix: free some space (${message})`,
      exitCodes.environment,
    );
  } finally {
    await rm(written, { force: true });
  }
}

/** The passphrase that Pulumi will use, or the problem with it. */
export type Passphrase =
  | { readonly text: string; readonly problem?: undefined }
  /** `isOwn`: the user named the file. */
  | { readonly problem: string; readonly isOwn: boolean };

export async function currentPassphrase(env: NodeJS.ProcessEnv = process.env): Promise<Passphrase> {
  const text = env["PULUMI_CONFIG_PASSPHRASE"];
  if (text !== undefined) return { text };
  const file = env["PULUMI_CONFIG_PASSPHRASE_FILE"];
  if (!file) return { problem: "PULUMI_CONFIG_PASSPHRASE_FILE is not set", isOwn: true };
  const content = await textOf(path.resolve(projectRoot, file));
  if (content !== "") return { text: content };
  return { problem: `${file} is missing or empty`, isOwn: path.resolve(projectRoot, file) !== passphraseFile };
}
