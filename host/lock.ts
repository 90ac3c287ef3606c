import { randomUUID } from "node:crypto";
import { constants } from "node:fs";
import { copyFile, link, mkdir, open, readFile, rename, rm, stat } from "node:fs/promises";
import { hostname } from "node:os";
import path from "node:path";
import { ownIdentity, type ProcessIdentity, type ProcessState, pidNamespace, stateOf } from "./processes";

/** A lock that another process has, or may have. */
export class LockHeld extends Error {
  override name = "LockHeld";
  constructor(
    readonly file: string,
    readonly holder: ProcessIdentity,
    /** `unknown` where this host cannot look at the holder. */
    readonly state: Exclude<ProcessState, "ended">,
  ) {
    super(`${file} is held by process ${holder.pid} on ${holder.host}`);
  }
}

/** Process that holds a lock; `unknown` where this host cannot look at it. */
export interface LockHolder extends ProcessIdentity {
  readonly state: Exclude<ProcessState, "ended">;
}

/** Content of a lock file. */
interface Content extends ProcessIdentity {
  /** Id of this one taking of the lock. */
  readonly id: string;
}

/** A file that at most one process holds at a time, and that a process which has ended does not hold. */
export class Lock {
  private constructor(
    private readonly file: string,
    private readonly id: string,
  ) {}

  /**
   * Takes the lock. It appears together with its content, since a half-written one would look abandoned.
   *
   * @throws LockHeld where its holder runs, or cannot be looked at
   */
  static async take(file: string): Promise<Lock> {
    await mkdir(path.dirname(file), { recursive: true, mode: 0o700 });
    const content: Content = { ...(await ownIdentity()), id: randomUUID() };
    const written = `${file}.${content.id}`;
    try {
      await writeSynced(written, JSON.stringify(content));
      while (!(await create(written, file))) if (await replaceAbandoned(file, written)) break;
    } finally {
      await rm(written, { force: true });
    }
    return new Lock(file, content.id);
  }

  /** Process that holds a lock, or that may hold it. Undefined when there is no lock, or when its holder has ended. */
  static async holder(file: string): Promise<LockHolder | undefined> {
    const found = await read(file);
    const state = found && (await stateOfHolder(found));
    return found && state && state !== "ended" ? { ...found, state } : undefined;
  }

  async release(): Promise<void> {
    if ((await read(this.file))?.id === this.id) await rm(this.file, { force: true });
  }
}

/** Writes a file and waits until it is on the disk. */
async function writeSynced(file: string, text: string): Promise<void> {
  const handle = await open(file, "wx", 0o600);
  try {
    await handle.writeFile(text);
    await handle.sync();
  } finally {
    await handle.close();
  }
}

const codeOf = (error: unknown): string => (error as NodeJS.ErrnoException).code ?? "";

/** Makes a lock of a written file; false where there is one. */
async function create(written: string, file: string): Promise<boolean> {
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

/**
 * Puts a written file in the place of a lock whose holder has ended; false where the lock changed meanwhile.
 *
 * Only the holder of a second lock may do so, whose name has the id of the abandoned one: a process that saw it long ago
 * cannot replace the lock of its successor.
 *
 * @throws LockHeld
 */
async function replaceAbandoned(file: string, written: string): Promise<boolean> {
  const found = await read(file);
  if (!found) return false;
  const state = await stateOfHolder(found);
  if (state !== "ended") throw new LockHeld(file, found, state);
  const right = await Lock.take(`${file}.after-${found.id}`).catch((error) => {
    throw error instanceof LockHeld ? new LockHeld(file, error.holder, error.state) : error;
  });
  try {
    if ((await read(file))?.id !== found.id) return false;
    await rename(written, file);
    return true;
  } finally {
    await right.release();
  }
}

/** A lock without content; half-written ones exist only on file systems without hard links, and only for a moment. */
interface Empty {
  readonly id: string;
  readonly pid: 0;
  readonly host: string;
  readonly writtenAt: number;
}

/** Milliseconds after which nobody is about to write an empty lock any more. */
const writingTime = 10_000;

const stateOfHolder = async (content: Content | Empty): Promise<ProcessState> => {
  if (!("writtenAt" in content)) return stateOf(content);
  return Date.now() - content.writtenAt > writingTime ? "ended" : "unknown";
};

/** A lock's content; undefined where there is no lock. */
async function read(file: string): Promise<Content | Empty | undefined> {
  try {
    const [text, { ino, mtimeMs }] = await Promise.all([readFile(file, "utf8"), stat(file)]);
    return contentOf(text) ?? { id: `${ino}-${Math.floor(mtimeMs)}`, pid: 0, host: hostname(), writtenAt: mtimeMs };
  } catch (error) {
    if (codeOf(error) === "ENOENT") return undefined;
    throw error;
  }
}

/** Earlier versions wrote the number of a process of this host, and nothing else. */
function contentOf(text: string): Content | undefined {
  try {
    const value: unknown = JSON.parse(text);
    if (typeof value === "number") return { id: `${value}`, pid: value, host: hostname(), namespace: pidNamespace() };
    const content = value as Partial<Content> | null;
    return typeof content?.id === "string" && typeof content.pid === "number" ? (content as Content) : undefined;
  } catch {
    return undefined;
  }
}
