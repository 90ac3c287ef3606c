import { open, readFile, rm } from "node:fs/promises";
import path from "node:path";
import type { Lock } from "../../../host/lock";
import { parseEntry } from "../../../model/canary/entry";
import type { Entry, Event } from "../../../model/canary/plan";
import { lockForRollback, lockRoutes, rolloutsFolder } from "../../stack/routeLock";

export { rolloutsFolder };

/** The journal could not be written, for example because the disk is full. */
export class JournalFailed extends Error {
  override name = "JournalFailed";
}

const read = (file: string): Promise<string> => readFile(file, "utf8").catch(() => "");
const entriesOf = (text: string): Entry[] => text.split("\n").flatMap((line) => parseEntry(line) ?? []);

/** Journal of a rollout: one JSON object on each line, on the disk before the next step. It also locks the stack's routes. */
export class Journal {
  private constructor(
    private readonly file: string,
    private readonly lock: Pick<Lock, "release">,
    private readonly past: Entry[],
    /** True when a kill left a line without its end: another line behind it would be lost too. */
    private torn: boolean,
  ) {}

  /** Reads a stack's journal without its lock. Ignores lines that a kill cut short and lines of other programs. */
  static async read(folder: string, stack: string): Promise<Entry[]> {
    return entriesOf(await read(path.join(folder, `${stack}.jsonl`)));
  }

  /**
   * Opens a stack's journal for this process.
   *
   * @throws OperationFailed when another process changes the routes of the stack
   */
  static async open(folder: string, stack: string): Promise<Journal> {
    return Journal.withLock(folder, stack, await lockRoutes(folder, stack, "rollout"));
  }

  /**
   * Opens the journal to abort the rollout, also when nothing can be written.
   *
   * @throws OperationFailed when another process changes the routes of the stack
   */
  static async openToAbort(folder: string, stack: string, say: (line: string) => void): Promise<Journal> {
    return Journal.withLock(folder, stack, await lockForRollback(folder, stack, say));
  }

  private static async withLock(folder: string, stack: string, lock: Pick<Lock, "release">): Promise<Journal> {
    const file = path.join(folder, `${stack}.jsonl`);
    const text = await read(file);
    return new Journal(file, lock, entriesOf(text), text !== "" && !text.endsWith("\n"));
  }

  /** Forgets the previous rollout. */
  async clear(): Promise<void> {
    await rm(this.file, { force: true });
    this.past.length = 0;
    this.torn = false;
  }

  get entries(): readonly Entry[] {
    return this.past;
  }

  /**
   * Appends a line and waits until it is on the disk.
   *
   * @throws JournalFailed
   */
  async add(event: Event): Promise<void> {
    const entry: Entry = { at: new Date().toISOString(), ...event };
    try {
      const handle = await open(this.file, "a", 0o600);
      try {
        const before = this.torn ? "\n" : "";
        // a write that fails may leave a part of the line
        this.torn = true;
        await handle.appendFile(`${before}${JSON.stringify(entry)}\n`);
        await handle.sync();
        this.torn = false;
      } finally {
        await handle.close();
      }
    } catch (error) {
      throw new JournalFailed(`the journal cannot be written: ${(error as Error).message}`);
    }
    this.past.push(entry);
  }

  /** Releases the lock. */
  async close(): Promise<void> {
    await this.lock.release();
  }
}
