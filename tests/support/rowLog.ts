import { appendFile, mkdir, readFile, rm } from "node:fs/promises";
import path from "node:path";

/** File with a JSON object for each row, so that a long run can be resumed. A later line of a row replaces an earlier one. */
export class RowLog<Row> {
  private readonly byName = new Map<string, Row>();
  private constructor(
    private readonly file: string,
    private readonly nameOf: (row: Row) => string,
  ) {}

  /**
   * @param nameOf - name of a row, the same in every run
   * @param resume - true to keep the rows of earlier runs
   */
  static async open<Row>(file: string, nameOf: (row: Row) => string, resume: boolean): Promise<RowLog<Row>> {
    await mkdir(path.dirname(file), { recursive: true });
    if (!resume) await rm(file, { force: true });
    const log = new RowLog(file, nameOf);
    for (const line of (await readFile(file, "utf8").catch(() => "")).split("\n").filter(Boolean)) {
      const row = JSON.parse(line) as Row;
      log.byName.set(nameOf(row), row);
    }
    return log;
  }

  row = (name: string): Row | undefined => this.byName.get(name);

  /** Rows in the order in which they were first written. */
  rows = (): Row[] => [...this.byName.values()];

  async add(row: Row): Promise<void> {
    this.byName.set(this.nameOf(row), row);
    await appendFile(this.file, `${JSON.stringify(row)}\n`);
  }
}
