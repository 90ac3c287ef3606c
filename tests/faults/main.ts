/**
 * Makes faults one by one and shows, as a table, what one more up and a destroy make of each.
 *
 * Use: `npm run faults -- --stack NAME [--kills N] [--only TEXT]`; the stack's configuration has to exist.
 */
import { parseArgs } from "node:util";
import { leftovers } from "../support/docker";
import { type Fault, faults, type Struck } from "./faults";
import { Invocation } from "./invocation";

const { values } = parseArgs({
  options: {
    stack: { type: "string" },
    kills: { type: "string", default: "40" },
    only: { type: "string", default: "" },
  },
});
const { stack, kills, only } = values;
if (!stack) throw new Error("give --stack NAME");
const struck: Struck = { stack, cluster: `faults-${stack}` };

interface Row {
  readonly fault: Fault;
  readonly seen: string;
  readonly up: string;
  readonly seconds: number;
  readonly again: number;
  readonly left: string;
  readonly good: boolean;
}

async function attempt(fault: Fault): Promise<Row> {
  if (!fault.fresh) await new Invocation("up", struck.stack).end();
  const seen = await fault.strike(struck);
  const up = await new Invocation("up", struck.stack).end();
  const again = await new Invocation("up", struck.stack).end();
  const destroy = await new Invocation("destroy", struck.stack).end();
  const left = leftovers(struck.cluster);
  const good = up.code === 0 && again.code === 0 && again.changes === 0 && destroy.code === 0 && left.length === 0;
  if (!good)
    process.stderr.write(
      `${[...up.lines, ...again.lines, ...destroy.lines].filter((line) => !/^ +\d+ s/.test(line)).join("\n")}\n`,
    );
  return {
    fault,
    seen,
    up: up.code === 0 ? "converged" : `exit ${up.code}`,
    seconds: up.seconds,
    again: again.changes,
    left: left.join(", ") || "nothing",
    good,
  };
}

const columns = (cells: readonly (string | number)[]) =>
  [18, 48, 66, 11, 8, 14, 8]
    .map((width, i) => String(cells[i] ?? "").padEnd(width))
    .join("")
    .trimEnd();

async function main(): Promise<void> {
  const chosen = faults(Number(kills)).filter(({ name, where }) => `${name} ${where}`.includes(only ?? ""));
  process.stdout.write(`${columns(["fault", "where", "seen", "next up", "seconds", "second up", "left"])}\n`);
  const rows: Row[] = [];
  for (const fault of chosen) {
    const row = await attempt(fault);
    rows.push(row);
    process.stdout.write(
      `${columns([fault.name, fault.where, row.seen, row.up, row.seconds.toFixed(0), `${row.again} changes`, row.left])}\n`,
    );
  }
  const good = rows.filter((row) => row.good).length;
  process.stdout.write(`${good} of ${rows.length} converged with one more up and left nothing after destroy\n`);
  process.exitCode = good === rows.length ? 0 : 1;
}

void main();
