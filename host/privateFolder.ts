import { rmSync } from "node:fs";
import { mkdtemp, readdir, readFile, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { ownIdentity, type ProcessIdentity, type ProcessState, stateOf } from "./processes";

/** File with the identity of the process that created the folder. */
const creatorFile = "created-by.json";

/** Milliseconds after which a process that created a folder has written its identity into it, or was killed. */
const writingTime = 60_000;

/**
 * Creates a folder for temporary files that only this account reads. It is removed when this process exits.
 *
 * @param prefix - start of its name, for {@link removeAbandonedFolders}
 * @returns undefined if the temporary folder of this machine cannot be written
 */
export async function createPrivateFolder(prefix: string): Promise<string | undefined> {
  try {
    const folder = await mkdtemp(path.join(tmpdir(), prefix));
    process.once("exit", () => rmSync(folder, { recursive: true, force: true }));
    await writeFile(path.join(folder, creatorFile), JSON.stringify(await ownIdentity()));
    return folder;
  } catch {
    return undefined;
  }
}

/** State of the process that created a folder. A process that was killed at once left no identity in it. */
async function creatorState(folder: string): Promise<ProcessState> {
  try {
    return await stateOf(JSON.parse(await readFile(path.join(folder, creatorFile), "utf8")) as ProcessIdentity);
  } catch {
    const { mtimeMs } = await stat(folder);
    return Date.now() - mtimeMs > writingTime ? "ended" : "unknown";
  }
}

/** Removes the folders of processes that were killed. */
export async function removeAbandonedFolders(prefix: string): Promise<void> {
  const names = (await readdir(tmpdir()).catch(() => [] as string[])).filter((name) => name.startsWith(prefix));
  // another user's folder cannot be read, and another process may have removed one meanwhile
  for (const folder of names.map((name) => path.join(tmpdir(), name)))
    if ((await creatorState(folder).catch(() => "unknown")) === "ended")
      await rm(folder, { recursive: true }).catch(() => {});
}
