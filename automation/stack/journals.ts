import { rm } from "node:fs/promises";
import path from "node:path";
import type { Lock } from "../../host/lock";
import { JournalFile, readJournal, type Timed } from "./journalFile";
import { lockRoutes, rolloutsFolder } from "./routeLock";

/** Journals of one kind of work in steps: one file for each stack, beside the lock of the stack's routes. */
export class Journals<Event extends object> {
  /**
   * @param extension - end of the files' names, after the stack
   * @param parse - returns undefined for a line that is none of the journal's
   */
  constructor(
    private readonly work: "rollout" | "upgrade",
    private readonly extension: string,
    private readonly parse: (line: string) => Timed<Event> | undefined,
  ) {}

  private file(folder: string, stack: string): string {
    return path.join(folder, `${stack}${this.extension}`);
  }

  /** Reads a stack's journal without its lock. Ignores lines that a kill cut short and lines of other programs. */
  async read(stack: string, folder = rolloutsFolder): Promise<Timed<Event>[]> {
    return (await readJournal(this.file(folder, stack), this.parse)).entries;
  }

  /**
   * Opens a stack's journal for this process.
   *
   * @throws OperationFailed when another process changes the routes of the stack
   */
  async open(stack: string, folder = rolloutsFolder): Promise<JournalFile<Event>> {
    return this.openWith(await lockRoutes(folder, stack, this.work), stack, folder);
  }

  /** Opens a stack's journal with a lock of its routes, which closing the journal releases. */
  async openWith(lock: Pick<Lock, "release">, stack: string, folder: string): Promise<JournalFile<Event>> {
    const file = this.file(folder, stack);
    return new JournalFile(file, lock, await readJournal(file, this.parse));
  }

  /** Removes the journal of an environment that no longer exists. */
  async remove(stack: string, folder = rolloutsFolder): Promise<void> {
    await rm(this.file(folder, stack), { force: true });
  }
}
