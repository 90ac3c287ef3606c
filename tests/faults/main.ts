/**
 * Makes faults one by one and shows, as a table, what one more up and a destroy make of each.
 *
 * Use: `npm run faults -- --stack NAME [--kills N] [--only TEXT]`; the stack's configuration has to exist, and no other
 * environment may hold its ports.
 */
import { openStack, settingsOf } from "../../automation/stack/stack";
import { readArguments } from "../../machine/arguments.mjs";
import { leftovers } from "../support/docker";
import { type Fault, faults, type Struck } from "./faults";
import { type Ended, Invocation } from "./invocation";

const { text } = readArguments("faults", process.argv.slice(2));
const { stack, kills = "40", only = "" } = text;
if (stack === undefined) throw new Error("npm run faults needs --stack NAME, whose environment it makes and destroys");
if (!/^[1-9]\d?$/.test(kills)) throw new Error(`--kills = "${kills}" must be an integer from 1 to 99`);

interface Row {
  readonly fault: Fault;
  readonly seen: string;
  readonly up: string;
  readonly seconds: number;
  readonly again: string;
  readonly left: string;
  readonly good: boolean;
}

const invoke = (action: string): Promise<Ended> => new Invocation(action, stack).end();

/** Runs a command that nothing disturbs, and so has to end well. */
async function undisturbed(action: string): Promise<Ended> {
  const ended = await invoke(action);
  if (ended.code !== 0) throw new Error(`${action} failed before any fault:\n${ended.lines.join("\n")}`);
  return ended;
}

async function attempt(fault: Fault, struck: Struck): Promise<Row> {
  if (!fault.fresh) await undisturbed("up");
  const [seen, held] = await fault.strike(struck).then(
    (text) => [text, true] as const,
    ({ message }: Error) => [message.split("\n")[0] ?? "", false] as const,
  );
  const ups = fault.givenUp ? [] : [await invoke("up"), await invoke("up")];
  const destroy = await invoke("destroy");
  const left = leftovers(struck.cluster);
  const [up, again] = ups;
  const good =
    held && [...ups, destroy].every(({ code }) => code === 0) && (again?.changes ?? 0) === 0 && left.length === 0;
  if (!good)
    process.stderr.write(
      `${[...ups, destroy]
        .flatMap(({ lines }) => lines)
        .filter((line) => !/^ +\d+ s/.test(line))
        .join("\n")}\n`,
    );
  return {
    fault,
    seen,
    up: up ? (up.code === 0 ? "converged" : `exit ${up.code}`) : "none",
    seconds: (up ?? destroy).seconds,
    again: again ? `${again.changes} changes` : "none",
    left: left.join(", ") || "nothing",
    good,
  };
}

const columns = (cells: readonly (string | number)[]) =>
  [20, 48, 66, 11, 8, 14, 8]
    .map((width, i) => String(cells[i] ?? "").padEnd(width))
    .join("")
    .trimEnd();

async function main(name: string): Promise<void> {
  const settings = await settingsOf(await openStack(name));
  if (!settings) throw new Error("the stack's configuration is wrong");
  const struck: Struck = { stack: name, cluster: settings.clusterName };
  const clean = await undisturbed("up");
  // a way to look for what is left that finds nothing here would find nothing ever
  if (leftovers(struck.cluster).length === 0) throw new Error(`${struck.cluster} has no container while it is up`);
  await undisturbed("destroy");
  process.stdout.write(`an up of ${clean.changes} steps took ${clean.seconds.toFixed(0)} s\n`);

  const chosen = faults(Number(kills), clean.changes).filter(({ name, where }) => `${name} ${where}`.includes(only));
  process.stdout.write(`${columns(["fault", "where", "seen", "next up", "seconds", "second up", "left"])}\n`);
  const rows: Row[] = [];
  for (const fault of chosen) {
    const row = await attempt(fault, struck);
    rows.push(row);
    process.stdout.write(
      `${columns([fault.name, fault.where, row.seen, row.up, row.seconds.toFixed(0), row.again, row.left])}\n`,
    );
  }
  const good = rows.filter((row) => row.good).length;
  process.stdout.write(`${good} of ${rows.length} converged with one more up and left nothing after destroy\n`);
  process.exitCode = rows.length > 0 && good === rows.length ? 0 : 1;
}

process.exitCode = 1;
main(stack).catch(({ message }: Error) => {
  process.stderr.write(`${message}\n`);
  process.exitCode = 1;
});
