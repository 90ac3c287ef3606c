/**
 * Changes one environment again and again, and shows what grows.
 *
 * Use: `npm run endurance -- --stack NAME [--changes N] [--rollouts N] [--upgrades N --to VERSION] [--destroys N] [--resume]
 * [--document]`. The stack's configuration has to exist, and no other environment may use its ports. Rows are logged in
 * report/endurance.jsonl.
 */
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { endurance as definition } from "../../automation/cli/commands/maintenance";
import { parse } from "../../automation/cli/parse";
import { openOrCreateStack, settingsOf } from "../../automation/stack/stack";
import { exitCodes } from "../../host/failure";
import { columns } from "../../model/output/table";
import { Invocation } from "../faults/invocation";
import { measuredOn } from "../support/measuredOn";
import { RowLog } from "../support/rowLog";
import { growthRows } from "./growth";
import { sample } from "./observe";
import { page } from "./page";
import { type Paused, plan, type Step } from "./plan";
import { leftInTheEnd, type Row, series, stepName } from "./row";

const { stack, options } = parse(definition, process.argv.slice(2));
const { resume, document, note } = options;
const say = (line: string) => process.stdout.write(`${line}\n`);
const file = path.resolve("report", "endurance.jsonl");

const actionOf = (command: string | Paused): Paused =>
  typeof command === "string" ? { command, exit: exitCodes.done } : command;

async function succeeds(commands: Step["commands"]): Promise<boolean> {
  for (const { command, exit } of commands.map(actionOf)) {
    const { code, lines } = await new Invocation(command, stack).end();
    if (code === exit) continue;
    process.stderr.write(`${command} ended with ${code}:\n${lines.slice(-30).join("\n")}\n`);
    return false;
  }
  return true;
}

/** Runs the steps, with a temporary folder that nobody else writes to, whose files are counted. */
async function runAll(steps: readonly Step[], log: RowLog<Row>, cluster: string): Promise<void> {
  const temporary = await mkdtemp(path.join(tmpdir(), "endurance-"));
  process.env["TMPDIR"] = temporary;
  const run = new Date().toISOString();
  for (const step of steps) {
    const begun = performance.now();
    const done = await succeeds(step.commands);
    const seconds = (performance.now() - begun) / 1000;
    const { work, number } = step;
    await log.add({ work, number, done, seconds, sample: await sample(cluster), run });
    say(
      `${done ? "done  " : "FAILED"}  ${`${seconds.toFixed(0)} s`.padStart(6)}  ${stepName(step)}: ${step.commands.map((each) => actionOf(each).command).join(", then ")}`,
    );
  }
  await rm(temporary, { recursive: true });
}

async function main(): Promise<void> {
  const settings = await settingsOf(await openOrCreateStack(stack));
  if (!settings) throw new Error(`the configuration of stack ${stack} is wrong; see: npm start -- --stack ${stack}`);
  const log = await RowLog.open<Row>(file, stepName, resume || document);
  const steps = plan(options, options.to ?? settings.istioVersion);
  if (document) {
    await writeFile("docs/endurance.md", page(steps, log.rows(), { machine: measuredOn(settings), note }));
    process.exitCode = 0;
    say("wrote docs/endurance.md");
    return;
  }
  const isToDo = (step: Step) => log.row(stepName(step))?.done !== true;
  // the destroy in the end follows every other step, also one of a resumed run
  const todo = steps.some(isToDo) ? steps.filter((step) => isToDo(step) || step.work === "end") : [];
  say(`${todo.length} of ${steps.length} steps to make; log: ${file}`);
  // brings back what a machine lost since the interruption
  if (log.rows().length > 0 && !(await succeeds(["up"]))) throw new Error("the environment does not come up again");
  await runAll(todo, log, settings.clusterName);
  const rows = log.rows();
  for (const { title, grown } of series(rows)) say([title, ...columns(growthRows(grown))].join("\n"));
  const left = leftInTheEnd(rows);
  say(`left after the last destroy: ${left === 0 ? "nothing" : `${left} objects`}`);
  const grew = series(rows).some(({ grown }) => grown.some(({ isLeak }) => isLeak));
  process.exitCode = rows.every(({ done }) => done) && !grew && left === 0 ? 0 : 1;
}

process.exitCode = 1;
main().catch(({ message }: Error) => {
  process.stderr.write(`${message}\n`);
  process.exitCode = 1;
});
