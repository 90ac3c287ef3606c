/**
 * Changes one environment again and again, and shows what grows.
 *
 * Use: `npm run endurance -- --stack NAME [--changes N] [--rollouts N] [--upgrades N --to VERSION] [--destroys N] [--document]`.
 * The stack's configuration has to exist, and no other environment may use its ports.
 */
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { endurance as definition } from "../../automation/cli/commands/maintenance";
import { parse } from "../../automation/cli/parse";
import { openOrCreateStack, settingsOf } from "../../automation/stack/stack";
import { columns } from "../../model/output/table";
import { Invocation } from "../faults/invocation";
import { measuredOn } from "../support/measuredOn";
import { changes } from "./changes";
import { growth, quantities, type Sample } from "./growth";
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
  const samples: Sample[] = [];
  const look = () => void samples.push(sample(settings.clusterName));
  const { to = settings.istioVersion } = options;
  const works = [
    await work("ups from nothing", [["up"]], look),
    await work(
      "changes of the configuration",
      changes(options.changes).map(([key, value]) => [`pulumi config set ${key} ${value}`, "up"]),
      look,
    ),
    await work("checks of every step (verify)", [["verify"]], look),
    await work("rollouts", times(options.rollouts, ["rollout --steps 50,100", "up"]), look),
    await work(
      "upgrades of Istio",
      Array.from({ length: options.upgrades }, (_, i) => [`upgrade --to ${i % 2 === 0 ? to : settings.istioVersion}`]),
      look,
    ),
    // a destroyed environment has nothing, so that these are not compared with the others
    await work("destroys, each with an up from nothing", times(options.destroys, ["destroy", "up"]), look),
    await work("destroys in the end", [["destroy"]], () => {}),
  ];
  const left = sample(settings.clusterName);
  await rm(temporary, { recursive: true });
  const grown = growth(samples);
  const heads = ["quantity", "beginning", "end", "most", ""];
  const rows = grown.map(({ quantity, first, last, most, isLeak }) => [
    quantities[quantity].title,
    ...[first, last, most].map(String),
    isLeak ? "GREW" : "",
  ]);
  say(columns([heads, ...rows]).join("\n"));
  const remains = left.containers + left.networks + left.volumes;
  say(`left after the last destroy: ${remains === 0 ? "nothing" : JSON.stringify(left)}`);
  const folder = options.document ? "docs" : "report";
  await mkdir(folder, { recursive: true });
  await writeFile(`${folder}/endurance.md`, page(works, grown, measuredOn(settings)));
  const good = works.every(({ failed }) => failed === 0) && !grown.some(({ isLeak }) => isLeak) && remains === 0;
  process.exitCode = good ? 0 : 1;
}

process.exitCode = 1;
main().catch(({ message }: Error) => {
  process.stderr.write(`${message}\n`);
  process.exitCode = 1;
});
