/**
 * Makes faults one by one and shows, as a table, what one more up and a destroy make of each.
 *
 * Use: `npm run faults -- --stack NAME [--kills N] [--row TEXT] [--resume] [--document]`. The stack's configuration has to
 * exist, with one agent, and no other environment may use its ports. Rows are logged in report/faults.jsonl.
 */
import path from "node:path";
import { faults as definition } from "../../automation/cli/commands/maintenance";
import { parse } from "../../automation/cli/parse";
import { openOrCreateStack, settingsOf } from "../../automation/stack/stack";
import { compareVersions } from "../../model/mesh/versions";
import type { Settings } from "../../model/settings/contract";
import { machineReads } from "../support/machine";
import { hasAmbient, newestIstios } from "../support/machineVersions";
import { measuredOn } from "../support/measuredOn";
import { RowLog } from "../support/rowLog";
import { faults, type Installable } from "./catalogue";
import { type Fault, inOrder, isDone, type Row, rowName, type Target } from "./fault";
import { writeDocument } from "./page";
import { Table } from "./table";

const { stack, options } = parse(definition, process.argv.slice(2));
const { kills, row: selected = "", resume, document, note } = options;

const say = (line: string) => process.stdout.write(`${line}\n`);
const file = path.resolve("report", "faults.jsonl");

function show({ kind, where, seen, outcome, seconds, changes, good, output }: Row): void {
  const again = changes === undefined ? "" : `, second up: ${changes} changes`;
  say(`${good ? "good" : "BAD "}  ${`${seconds} s`.padStart(6)}  ${kind}: ${where}: ${seen}; ${outcome}${again}`);
  if (!good && output) process.stderr.write(`${output}\n`);
}

async function runAll(target: Target, log: RowLog<Row>, machine: string, all: readonly Fault[]): Promise<void> {
  const table = Table.open(target, log, machine);
  try {
    for (const fault of all) show(await table.run(fault));
    await table.destroy();
  } finally {
    table.close();
  }
}

/** The versions that this machine can install in an environment with these settings, and a line for each one that is missing. */
async function installable({ istioChartRepository, istioHub, istioVersion }: Settings): Promise<Installable> {
  const config = { istioChartRepository, istioHub };
  const all = await newestIstios(config, machineReads).catch(() => []);
  const newerIstio = all.findLast((version) => compareVersions(version, istioVersion) > 0);
  const ambient = await hasAmbient(istioVersion, config, machineReads).catch(() => false);
  if (newerIstio === undefined) say("no fault of an upgrade: the chart repository has no newer Istio");
  if (!ambient) say(`no fault of ambient: no charts or no images of istio-cni and ztunnel ${istioVersion} were found`);
  return { ambient, newerIstio };
}

async function main(name: string): Promise<void> {
  const log = await RowLog.open<Row>(file, rowName, resume || document);
  const settings = await settingsOf(await openOrCreateStack(name));
  if (!settings) throw new Error(`the configuration of stack ${name} is wrong; see: npm start -- --stack ${name}`);
  const all = faults(kills, await installable(settings));
  const machine = measuredOn(settings);
  if (document) return writeDocument(log.rows(), all.length, { machine, note });
  const chosen = inOrder(all).filter((fault) => rowName(fault).includes(selected));
  const todo = chosen.filter((fault) => log.row(rowName(fault))?.good !== true);
  say(`${todo.length} of ${chosen.length} faults to make; log: ${file}`);
  await runAll({ stack: name, cluster: settings.clusterName }, log, machine, todo);
  const good = chosen.filter((fault) => isDone(log.row(rowName(fault)))).length;
  say(`${good} of ${chosen.length} converged or were refused, and left nothing after destroy`);
  process.exitCode = chosen.length > 0 && good === chosen.length ? 0 : 1;
}

process.exitCode = 1;
main(stack).catch(({ message }: Error) => {
  process.stderr.write(`${message}\n`);
  process.exitCode = 1;
});
