import { appendFile, mkdir, readFile, rm } from "node:fs/promises";
import path from "node:path";
import { type Row, rowName } from "./fault";

/** File with a JSON object for each row, so that a table can be resumed. A later line of a row replaces an earlier one. */
export class Log {
  private readonly byName = new Map<string, Row>();
  private constructor(private readonly file: string) {}

  /** @param resume - true to keep the rows of earlier runs */
  static async open(file: string, resume: boolean): Promise<Log> {
    await mkdir(path.dirname(file), { recursive: true });
    if (!resume) await rm(file, { force: true });
    const log = new Log(file);
    for (const line of (await readFile(file, "utf8").catch(() => "")).split("\n").filter(Boolean)) {
      const row = JSON.parse(line) as Row;
      log.byName.set(rowName(row), row);
    }
    return log;
  }

  row = (name: string): Row | undefined => this.byName.get(name);

  /** Rows in the order in which they were first written. */
  rows = (): Row[] => [...this.byName.values()];

  async add(row: Row): Promise<void> {
    this.byName.set(rowName(row), row);
    await appendFile(this.file, `${JSON.stringify(row)}\n`);
  }
}

/** True for a row that needs no second run. */
export const isDone = (row: Row | undefined): boolean => row?.good === true && row.left !== undefined;
