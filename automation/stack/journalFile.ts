import { open, readFile, rm } from "node:fs/promises";
import type { Lock } from "../../host/lock";

/** The journal could not be written, for example because the disk is full. */
export class JournalFailed extends Error {
  override name = "JournalFailed";
}

/** An event with its time of day in ISO 8601. */
export type Timed<Event> = { readonly at: string } & Event;

/** Lines of a journal, and whether a kill left a line without its end: another line behind it would be lost too. */
interface Content<Event> {
  readonly entries: Timed<Event>[];
  readonly torn: boolean;
}

/**
 * Reads a journal. Ignores lines that a kill cut short and lines of other programs.
 *
 * @param parse - returns undefined for a line that is none of the journal's
 */
export async function readJournal<Event>(
  file: string,
  parse: (line: string) => Timed<Event> | undefined,
): Promise<Content<Event>> {
  const text = await readFile(file, "utf8").catch(() => "");
  return { entries: text.split("\n").flatMap((line) => parse(line) ?? []), torn: text !== "" && !text.endsWith("\n") };
}

/**
 * Journal of work in steps, with one JSON object a line. Each line is on the disk before the next step.
 *
 * It also has the lock of the work.
 */
export class JournalFile<Event extends object> {
  private readonly past: Timed<Event>[];
  private torn: boolean;

  constructor(
    private readonly file: string,
    private readonly lock: Pick<Lock, "release">,
    { entries, torn }: Content<Event>,
  ) {
    this.past = entries;
    this.torn = torn;
  }

  /** Forgets the previous work. */
  async clear(): Promise<void> {
    await rm(this.file, { force: true });
    this.past.length = 0;
    this.torn = false;
  }

  get entries(): readonly Timed<Event>[] {
    return this.past;
  }

  /**
   * Appends a line and waits until it is on the disk.
   *
   * @throws JournalFailed
   */
  async add(event: Event): Promise<void> {
    const entry = { at: new Date().toISOString(), ...event };
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
