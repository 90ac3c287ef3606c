import { constants } from "node:fs";
import { copyFile, link, open, readFile, stat } from "node:fs/promises";
import { hostname } from "node:os";
import { type ProcessIdentity, type ProcessState, pidNamespace, stateOf } from "./processes";

/** Content of a lock file. */
export interface LockContent extends ProcessIdentity {
  /** Id of this one acquisition of the lock. */
  readonly id: string;
}

/** Writes a file and waits until it is on the disk. */
export async function writeSynced(file: string, text: string): Promise<void> {
  const handle = await open(file, "wx", 0o600);
  try {
    await handle.writeFile(text);
    await handle.sync();
  } finally {
    await handle.close();
  }
}

const codeOf = (error: unknown): string => (error as NodeJS.ErrnoException).code ?? "";

/** Makes a lock of a written file. Returns false when the lock exists. */
export async function createLock(written: string, file: string): Promise<boolean> {
  try {
    await link(written, file).catch((error) => {
      // a file system without hard links
      if (!["EPERM", "ENOSYS", "ENOTSUP", "EOPNOTSUPP"].includes(codeOf(error))) throw error;
      return copyFile(written, file, constants.COPYFILE_EXCL);
    });
    return true;
  } catch (error) {
    if (codeOf(error) === "EEXIST") return false;
    throw error;
  }
}

/** A lock without content; half-written ones exist only on file systems without hard links, and only for a moment. */
export interface EmptyLock {
  readonly id: string;
  readonly pid: 0;
  readonly host: string;
  readonly writtenAt: number;
}

/** Milliseconds after which nobody is about to write an empty lock any more. */
const writingTime = 10_000;

/** State of the process that has a lock. */
export const stateOfHolder = async (content: LockContent | EmptyLock): Promise<ProcessState> => {
  if (!("writtenAt" in content)) return stateOf(content);
  return Date.now() - content.writtenAt > writingTime ? "ended" : "unknown";
};

/** Content of a lock; undefined when there is no lock. */
export async function readLock(file: string): Promise<LockContent | EmptyLock | undefined> {
  try {
    const [text, { ino, mtimeMs }] = await Promise.all([readFile(file, "utf8"), stat(file)]);
    return contentOf(text) ?? { id: `${ino}-${Math.floor(mtimeMs)}`, pid: 0, host: hostname(), writtenAt: mtimeMs };
  } catch (error) {
    if (codeOf(error) === "ENOENT") return undefined;
    throw error;
  }
}

/** Earlier versions wrote the number of a process of this host, and nothing else. */
function contentOf(text: string): LockContent | undefined {
  try {
    const value: unknown = JSON.parse(text);
    if (typeof value === "number") return { id: `${value}`, pid: value, host: hostname(), namespace: pidNamespace() };
    const content = value as Partial<LockContent> | null;
    return typeof content?.id === "string" && typeof content.pid === "number" ? (content as LockContent) : undefined;
  } catch {
    return undefined;
  }
}
