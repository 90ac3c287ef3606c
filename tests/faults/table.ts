import { leftovers } from "../support/docker";
import type { RowLog } from "../support/rowLog";
import { type Fault, type Row, rowName, type Target } from "./fault";
import { ForeignObjects } from "./foreignObjects";
import { type Ended, Invocation } from "./invocation";

const failed = (command: string, { code, lines }: Ended): Error =>
  new Error(`${command} ended with exit code ${code}:\n${lines.join("\n")}`);

/** Makes faults one after the other, in as few environments as the faults allow. */
export class Table {
  private running = false;
  /** Rows since the last destroy, whose leftovers are not known yet. */
  private readonly open: Row[] = [];

  private constructor(
    private readonly target: Target,
    private readonly log: RowLog<Row>,
    private readonly foreign: ForeignObjects,
    private readonly machine: string,
  ) {}

  /** @param machine - on which the table runs, with its versions */
  static open(target: Target, log: RowLog<Row>, machine: string): Table {
    const table = new Table(target, log, ForeignObjects.make(target.cluster), machine);
    // rows of an interrupted run, whose environment nobody has destroyed since
    table.open.push(...log.rows().filter((row) => row.good && row.left === undefined));
    return table;
  }

  private invoke = (command: string): Promise<Ended> => new Invocation(command, this.target.stack).end();

  /** Brings an environment up that nothing disturbs. */
  async up(): Promise<Ended> {
    const ended = await this.invoke("up");
    if (ended.code !== 0) throw failed("up", ended);
    this.running = true;
    return ended;
  }

  /**
   * Destroys the environment and completes the rows that shared it.
   *
   * @throws Error when destroy fails or leaves something, after which no further row would be worth anything
   */
  async destroy(): Promise<void> {
    const ended = await this.invoke("destroy");
    this.running = false;
    await this.complete(ended.code === 0);
    if (ended.code !== 0) throw failed("destroy", ended);
  }

  /** Completes the rows since the last destroy with what is left of the environment. */
  private async complete(destroyed: boolean): Promise<void> {
    const left = leftovers(this.target.cluster).filter((line) => !this.foreign.includes(line));
    const good = destroyed && left.length === 0;
    for (const row of this.open.splice(0)) await this.log.add({ ...row, left, good: row.good && good });
    if (left.length > 0) throw new Error(`left after destroy: ${left.join(", ")}`);
  }

  async run(fault: Fault): Promise<Row> {
    if (fault.needs === "environment" && !this.running) await this.up();
    if (fault.needs === "nothing" && this.running) await this.destroy();
    const begun = performance.now();
    const [seen, struck] = await fault.strike(this.target).then(
      (text) => [text, true] as const,
      ({ message }: Error) => [message, false] as const,
    );
    const result = await this.sequel(fault);
    const changed = this.foreign.changed();
    const row: Row = {
      kind: fault.kind,
      where: fault.where,
      seen: (changed ? `${changed} changed; ${seen}` : seen).split("\n")[0] ?? "",
      seconds: Math.round((performance.now() - begun) / 1000),
      ...result,
      machine: this.machine,
      good: result.good && struck && !changed,
      ...(!(result.good && struck) && { output: `${seen}\n${result.output}` }),
    };
    await this.log.add(row);
    this.open.push(row);
    if (fault.needs === "nothing" && fault.next === "none" && row.good) await this.complete(true);
    // an environment that is shared must not carry the damage of a bad row into the next
    else if (!row.good || fault.next === "destroy") await this.destroy();
    return this.log.row(rowName(row)) ?? row;
  }

  /** Runs the commands that have to put everything right. */
  private async sequel(fault: Fault): Promise<Pick<Row, "outcome" | "changes" | "output" | "good">> {
    if (fault.next === "none") return { outcome: "refused", good: true, output: "" };
    if (fault.next === "destroy") return { outcome: "destroyed", good: true, output: "" };
    const [first, second] = [await this.invoke("up"), await this.invoke("up")];
    this.running = true;
    const { changes } = second;
    return {
      outcome: first.code === 0 ? "converged" : `exit ${first.code}`,
      changes,
      good: first.code === 0 && second.code === 0 && changes === 0,
      output: [...first.lines, ...second.lines].join("\n"),
    };
  }

  close(): void {
    this.foreign.remove();
  }
}
