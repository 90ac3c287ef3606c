import { rm } from "node:fs/promises";
import path from "node:path";
import { parseEntry } from "../../../model/upgrade/entry";
import type { Entry, Event } from "../../../model/upgrade/journal";
import { JournalFile, readJournal } from "../../stack/journalFile";
import { lockRoutes, rolloutsFolder } from "../../stack/routeLock";

const fileOf = (folder: string, stack: string): string => path.join(folder, `${stack}.upgrade.jsonl`);

/** Journal of an upgrade. It also locks the stack's routes: a rollout would measure the restarts of the upgrade. */
export class UpgradeJournal extends JournalFile<Event> {
  /** Reads a stack's journal without its lock. */
  static async read(stack: string, folder = rolloutsFolder): Promise<Entry[]> {
    return (await readJournal<Event>(fileOf(folder, stack), parseEntry)).entries;
  }

  /**
   * Opens a stack's journal for this process.
   *
   * @throws OperationFailed when another process changes the routes of the stack
   */
  static async open(stack: string, folder = rolloutsFolder): Promise<UpgradeJournal> {
    const lock = await lockRoutes(folder, stack, "upgrade");
    const file = fileOf(folder, stack);
    return new UpgradeJournal(file, lock, await readJournal<Event>(file, parseEntry));
  }

  /** Forgets the upgrade of an environment that is gone. */
  static async forget(stack: string, folder = rolloutsFolder): Promise<void> {
    await rm(fileOf(folder, stack), { force: true });
  }
}
