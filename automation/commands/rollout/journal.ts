import path from "node:path";
import type { Lock } from "../../../host/lock";
import { parseEntry } from "../../../model/canary/entry";
import type { Entry, Event } from "../../../model/canary/plan";
import { JournalFile, readJournal } from "../../stack/journalFile";
import { lockForRollback, lockRoutes, rolloutsFolder } from "../../stack/routeLock";

export { JournalFailed } from "../../stack/journalFile";
export { rolloutsFolder };

const fileOf = (folder: string, stack: string): string => path.join(folder, `${stack}.jsonl`);

/** Journal of a rollout. It also locks the stack's routes. */
export class Journal extends JournalFile<Event> {
  /** Reads a stack's journal without its lock. Ignores lines that a kill cut short and lines of other programs. */
  static async read(folder: string, stack: string): Promise<Entry[]> {
    return (await readJournal<Event>(fileOf(folder, stack), parseEntry)).entries;
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
    const file = fileOf(folder, stack);
    return new Journal(file, lock, await readJournal<Event>(file, parseEntry));
  }
}
