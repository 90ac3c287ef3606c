import { open, readFile, rm } from "node:fs/promises";
import path from "node:path";
import { Lock } from "../../../host/lock";
import type { Entry } from "../../../model/canary/plan";
import { heldBy } from "../../stack/heldBy";

/** Where every stack keeps its rollout. */
export const rolloutsFolder = path.join(process.cwd(), ".state", "rollouts");

/** A rollout on disk: lines that are synced before the next step, and a lock that ends with its process. */
export class Journal {
  private constructor(
    private readonly file: string,
    private readonly lock: Lock,
    private readonly past: Entry[],
  ) {}

  /** Reads a stack's journal without locking it; a line that a kill cut short does not count. */
  static async read(folder: string, stack: string): Promise<Entry[]> {
    const text = await readFile(path.join(folder, `${stack}.jsonl`), "utf8").catch(() => "");
    return text.split("\n").slice(0, -1).flatMap(entryOf);
  }

  /**
   * Opens a stack's journal for one process.
   *
   * @throws OperationFailed where another rollout of the stack is under way
   */
  static async open(folder: string, stack: string): Promise<Journal> {
    const lock = await Lock.take(path.join(folder, `${stack}.lock`)).catch(heldBy(`a rollout of stack ${stack}`));
    return new Journal(path.join(folder, `${stack}.jsonl`), lock, await Journal.read(folder, stack));
  }

  /** Forgets the rollout before. */
  async clear(): Promise<void> {
    await rm(this.file, { force: true });
    this.past.length = 0;
  }

  get entries(): readonly Entry[] {
    return this.past;
  }

  /** Adds a line and waits until it is on the disk. */
  async add(entry: Entry): Promise<void> {
    const handle = await open(this.file, "a", 0o600);
    try {
      await handle.write(`${JSON.stringify(entry)}\n`);
      await handle.sync();
    } finally {
      await handle.close();
    }
    this.past.push(entry);
  }

  /** Releases the lock. */
  async close(): Promise<void> {
    await this.lock.release();
  }
}

function entryOf(line: string): Entry[] {
  try {
    return [JSON.parse(line) as Entry];
  } catch {
    return [];
  }
}
