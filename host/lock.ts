import { randomUUID } from "node:crypto";
import { mkdir, rename, rm } from "node:fs/promises";
import path from "node:path";
import { createLock, type LockContent, readLock, stateOfHolder, writeSynced } from "./lockFile";
import { ownIdentity, type ProcessIdentity, type ProcessState } from "./processes";

/** Error for a lock that another process has, or may have. */
export class LockHeld extends Error {
  override name = "LockHeld";
  constructor(
    readonly file: string,
    readonly holder: ProcessIdentity,
    /** `unknown` if this host cannot inspect the holder. */
    readonly state: Exclude<ProcessState, "ended">,
  ) {
    super(`${file} is held by process ${holder.pid} on ${holder.host}`);
  }
}

/** Process that has a lock. Its state is `unknown` if this host cannot inspect the process. */
export interface LockHolder extends ProcessIdentity {
  readonly state: Exclude<ProcessState, "ended">;
}

/** Lock file that at most one running process has at a time. The lock of a process that has ended counts as free. */
export class Lock {
  private constructor(
    private readonly file: string,
    private readonly id: string,
  ) {}

  /**
   * Acquires the lock. The file appears together with its content, since another process would replace an empty one.
   *
   * @throws LockHeld if its holder runs, or this host cannot inspect the holder
   */
  static async acquire(file: string): Promise<Lock> {
    await mkdir(path.dirname(file), { recursive: true, mode: 0o700 });
    const content: LockContent = { ...(await ownIdentity()), id: randomUUID() };
    const written = `${file}.${content.id}`;
    try {
      await writeSynced(written, JSON.stringify(content));
      while (!(await createLock(written, file))) if (await replaceAbandoned(file, written)) break;
    } finally {
      await rm(written, { force: true });
    }
    return new Lock(file, content.id);
  }

  /** Process that has a lock, or may have it. Undefined when there is no lock, or when its process has ended. */
  static async holder(file: string): Promise<LockHolder | undefined> {
    const holder = await readLock(file);
    const state = holder && (await stateOfHolder(holder));
    return holder && state && state !== "ended" ? { ...holder, state } : undefined;
  }

  async release(): Promise<void> {
    if ((await readLock(this.file))?.id === this.id) await rm(this.file, { force: true });
  }
}

/**
 * Replaces a lock whose holder has ended by a written file. Returns false if the lock changed meanwhile.
 *
 * It first acquires a second lock, whose name has the id of the abandoned one, so that a process that read it long ago
 * cannot replace the lock of its successor.
 *
 * @throws LockHeld
 */
async function replaceAbandoned(file: string, written: string): Promise<boolean> {
  const abandoned = await readLock(file);
  if (!abandoned) return false;
  const state = await stateOfHolder(abandoned);
  if (state !== "ended") throw new LockHeld(file, abandoned, state);
  const successor = await Lock.acquire(`${file}.after-${abandoned.id}`).catch((error) => {
    throw error instanceof LockHeld ? new LockHeld(file, error.holder, error.state) : error;
  });
  try {
    if ((await readLock(file))?.id !== abandoned.id) return false;
    await rename(written, file);
    return true;
  } finally {
    await successor.release();
  }
}
