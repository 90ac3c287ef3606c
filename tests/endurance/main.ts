/**
 * Changes one environment again and again, and shows what grows.
 *
 * Use: `npm run endurance -- --stack NAME [--changes N] [--rollouts N] [--upgrades N --to VERSION] [--destroys N] [--document]`.
 * The stack's configuration has to exist, and no other environment may use its ports.
 */
import { copyFile, mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { endurance as definition } from "../../automation/cli/commands/maintenance";
import { parse } from "../../automation/cli/parse";
import { openOrCreateStack, settingsOf } from "../../automation/stack/stack";
import { columns } from "../../model/output/table";
import { Invocation } from "../faults/invocation";
import { measuredOn } from "../support/measuredOn";
import { changes } from "./changes";
import { growth, growthRows, type Sample } from "./growth";
import { sample } from "./observe";
import { page, type Work } from "./page";

const { stack, options } = parse(definition, process.argv.slice(2));
const say = (line: string) => process.stdout.write(`${line}\n`);

/** Command lines, one after the other; each has to end with 0. */
type Step = readonly string[];

async function runStep(step: Step): Promise<boolean> {
  for (const action of step) {
    const { code, lines } = await new Invocation(action, stack).end();
    if (code === 0) continue;
    process.stderr.write(`${action} ended with ${code}:\n${lines.slice(-30).join("\n")}\n`);
    return false;
  }
  return true;
}

async function work(title: string, steps: readonly Step[], after: () => void): Promise<Work> {
  const begun = performance.now();
  let [done, failed] = [0, 0];
  for (const step of steps) {
    if (await runStep(step)) done += 1;
    else failed += 1;
    after();
    say(`${title}: ${done} of ${steps.length} done, ${failed} failed`);
  }
  return { title, planned: steps.length, done, failed, seconds: (performance.now() - begun) / 1000 };
}

const times = (count: number, step: Step): Step[] => Array.from({ length: count }, () => step);

async function main(): Promise<void> {
  const settings = await settingsOf(await openOrCreateStack(stack));
  if (!settings) throw new Error(`the configuration of stack ${stack} is wrong; see: npm start -- --stack ${stack}`);
  // a folder that nobody else writes to, whose files are counted
  const temporary = await mkdtemp(path.join(tmpdir(), "endurance-"));
  process.env["TMPDIR"] = temporary;
  const { to = settings.istioVersion } = options;
  // a new environment begins with little memory, so that those after a destroy are compared among themselves
  const oneEnvironment: Sample[] = [];
  const newEnvironments: Sample[] = [];
  const series = () => [
    { title: "One environment, through all changes, rollouts and upgrades", grown: growth(oneEnvironment) },
    { title: "New environments, each after a destroy", grown: growth(newEnvironments) },
  ];
  const works: Work[] = [];
  await mkdir("report", { recursive: true });
  const run = async (title: string, steps: readonly Step[], samples: Sample[]): Promise<void> => {
    works.push(await work(title, steps, () => void samples.push(sample(settings.clusterName))));
    // an interruption later keeps what was measured until here
    await writeFile("report/endurance.md", page(works, series(), measuredOn(settings)));
  };
  const configurations = changes(options.changes).map(([key, value]) => [`pulumi config set ${key} ${value}`, "up"]);
  const upgrades = Array.from({ length: options.upgrades }, (_, i) => [
    `upgrade --to ${i % 2 === 0 ? to : settings.istioVersion}`,
  ]);
  await run("up from nothing", [["up"]], oneEnvironment);
  await run("changes of the configuration", configurations, oneEnvironment);
  await run("checks of every step (verify)", [["verify"]], oneEnvironment);
  await run("rollouts", times(options.rollouts, ["rollout --steps 50,100", "up"]), oneEnvironment);
  await run("upgrades of Istio", upgrades, oneEnvironment);
  await run("destroys, each with an up from nothing", times(options.destroys, ["destroy", "up"]), newEnvironments);
  await run("destroy in the end", [["destroy"]], []);
  const left = sample(settings.clusterName);
  await rm(temporary, { recursive: true });
  for (const { title, grown } of series()) say([title, ...columns(growthRows(grown))].join("\n"));
  const remains = left.containers + left.networks + left.volumes;
  say(`left after the last destroy: ${remains === 0 ? "nothing" : JSON.stringify(left)}`);
  if (options.document) await copyFile("report/endurance.md", "docs/endurance.md");
  const grew = series().some(({ grown }) => grown.some(({ isLeak }) => isLeak));
  process.exitCode = works.every(({ failed }) => failed === 0) && !grew && remains === 0 ? 0 : 1;
}

process.exitCode = 1;
main().catch(({ message }: Error) => {
  process.stderr.write(`${message}\n`);
  process.exitCode = 1;
});
