/**
 * Measures the environment against what a person would do by hand, interleaved, on this machine.
 *
 * Use: `npm run bench -- --stack NAME [--rounds N] [--document] [--note TEXT] [--mesh]`; the stack's configuration has to
 * exist, and no other environment may hold its ports. Writes report/bench.md and bench.svg, or with --document docs/;
 * the note says there what is unusual about the machine. With --mesh the environment has to be up, and only the section
 * of the page about mesh tests is written; with --timeline one up is measured, and only its timeline is written.
 */
import { mkdir, readFile, writeFile } from "node:fs/promises";
import path from "node:path";
import { bench } from "../../automation/cli/commands/maintenance";
import { parse } from "../../automation/cli/parse";
import { openStack, settingsOf } from "../../automation/stack/stack";
import type { Settings } from "../../model/settings/contract";
import { measuredOn } from "../support/measuredOn";
import { Program, requireScriptTools } from "./commands";
import { comparisons, isMesh, type Which } from "./comparisons";
import { peaks } from "./memory";
import { type Memory, meshTests } from "./meshTests";
import { benchPage, memoryLine, meshSection, withSection } from "./page";
import { answers, probe, since } from "./probe";
import { empty } from "./programs";
import { command, fromNothing, recovery, throughCaches, upgrading, weightChange } from "./rounds";
import { Sequential } from "./sequential";
import { benchSvg, benchTable, type Comparison, type Measured, median } from "./table";
import { type Timeline, timelineSection } from "./timeline";

const {
  stack,
  options: { rounds, note, document, mesh, timeline },
} = parse(bench, process.argv.slice(2));

const say = (line: string) => process.stdout.write(`${line}\n`);
const pairs = Object.fromEntries(
  Object.keys(comparisons).map((which) => [which, { ours: [], reference: [] }]),
) as unknown as Record<Which, { ours: number[]; reference: number[] }>;
function add(which: Which, ours: number, reference?: number): void {
  pairs[which].ours.push(ours);
  if (reference !== undefined) pairs[which].reference.push(reference);
  const { name, against }: Comparison = comparisons[which];
  say(`  ${name}: ${ours.toFixed(1)} s${reference === undefined ? "" : `; ${against}: ${reference.toFixed(1)} s`}`);
}

const memories: Memory[] = [];
let latest: Timeline | undefined;

async function meshRound(name: string): Promise<void> {
  const { cold, edited, hundred, mebibytes } = await meshTests(name, say);
  add("meshCold", cold.ours, cold.script);
  add("meshEdited", edited.ours, edited.script);
  add("meshHundred", hundred.ours, hundred.script);
  memories.push(mebibytes);
  say(`  ${memoryLine(memories)}`);
}

const measuredOf = (wanted: (which: Which) => boolean): Measured[] =>
  (Object.keys(comparisons) as Which[])
    .filter(wanted)
    .map((which) => ({ ...comparisons[which], ...pairs[which] }))
    .filter(({ ours }) => ours.length > 0);

const unmeasured = new Set<string>();

/** Makes a measurement without which the others still say something. If it fails, says why, and no later round repeats it. */
async function orSay(name: string, measure: () => Promise<unknown>): Promise<void> {
  if (unmeasured.has(name)) return;
  await measure().catch((error: Error) => {
    unmeasured.add(name);
    say(`  ${name}: not measured, ${error.message}`);
  });
}

async function round(name: string, settings: Settings, nothing: Program): Promise<void> {
  const ours = new Program(name, { title: "pulumi" });
  const clean = await fromNothing(name, settings);
  latest = clean.timeline;
  add("path", clean.seconds, clean.path.seconds);
  say(`    ${clean.path.names.join(" → ")}`);
  const quiet = ["--yes", "--skip-preview"];
  // short ones say more by their middle, while what came up just now still settles
  for (let pair = 1; pair <= 3; pair++) {
    const plain = await ours.pulumi("up", ...quiet);
    add("noop", plain, await nothing.pulumi("up", ...quiet));
    add("start", await command("up", name, "npm start without a change"), plain);
    add("preview", await ours.pulumi("preview"), await nothing.pulumi("preview"));
  }
  await orSay("npm run verify", () => command("verify", name));
  const change = await weightChange(name, settings, clean.ca, clean.resources);
  add("weight", change.ours, change.reference);
  await orSay("mesh tests", () => meshRound(name));
  const destroyed = await command("destroy", name);

  const script = await Sequential.open(settings, clean.resources);
  try {
    const begun = performance.now();
    await probe(settings, await script.up(), answers);
    add("script", clean.seconds, since(begun));
  } finally {
    const begun = performance.now();
    await script.destroy();
    add("destroy", destroyed, since(begun));
    await script.close();
  }
  const steps = clean.path.names.length > 0 ? Math.floor(clean.resources.length / 2) : 1;
  add("recovery", await recovery(name, steps), clean.seconds);
  await command("destroy", name);
  // caches need their registries, which the rest does not
  await orSay(comparisons.cached.name, async () => add("cached", await throughCaches(name, settings), clean.seconds));
}

/** Machine and versions of a measurement of so many whole rounds. */
const surroundings = (name: string, settings: Settings, whole = rounds): string[] => [
  `Made by \`npm run bench -- --stack ${name} ${timeline ? "--timeline" : `--rounds ${whole}${mesh ? " --mesh" : ""}`}\`:`,
  `${measuredOn(settings)}.`,
  ...(note === undefined ? [] : [note]),
];

async function main(name: string): Promise<void> {
  const settings = await settingsOf(await openStack(name));
  if (!settings) throw new Error("the stack's configuration is wrong");
  const folder = document ? "docs" : "report";
  const file = path.join(folder, "bench.md");
  const writeSection = async (section: string) => {
    say(`\n${section}`);
    const before = await readFile(file, "utf8").catch(() => "");
    await mkdir(folder, { recursive: true });
    await writeFile(file, withSection(before, section));
    say(`\n${file} has it`);
  };
  if (mesh) {
    for (let i = 1; i <= rounds; i++) await meshRound(name);
    return writeSection(meshSection(surroundings(name, settings), measuredOf(isMesh), memories));
  }
  if (timeline) {
    const clean = await fromNothing(name, settings).finally(() => command("destroy", name));
    return writeSection(timelineSection(surroundings(name, settings, 1), clean.timeline));
  }
  await requireScriptTools();
  const nothing = await empty();
  let whole = 0;
  try {
    for (; whole < rounds; whole++) {
      say(`round ${whole + 1} of ${rounds}`);
      // the rounds before are worth their page
      const failed = await round(name, settings, nothing.program).catch((error: Error) => error);
      if (failed && whole === 0) throw failed;
      if (failed) {
        say(`  the round ends: ${failed.message}`);
        break;
      }
    }
    // once: its steps wait for their load, so that rounds would differ little
    await orSay(comparisons.upgrade.name, async () => add("upgrade", await upgrading(name, settings)));
  } finally {
    await nothing.close();
  }
  const measured = measuredOf((which) => !isMesh(which));
  await mkdir(folder, { recursive: true });
  const about = surroundings(name, settings, whole);
  const sections = [
    ...(latest ? [timelineSection(about, latest)] : []),
    ...(memories.length > 0 ? [meshSection(about, measuredOf(isMesh), memories)] : []),
  ];
  await writeFile(file, sections.reduce(withSection, benchPage(about, measured, peaks)));
  await writeFile(path.join(folder, "bench.svg"), benchSvg(measured));
  say(`\n${benchTable(measured)}\n\n${file} and bench.svg have it, median up ${median(pairs.path.ours).toFixed(1)} s`);
  if (whole < rounds) throw new Error(`${whole} of ${rounds} rounds were measured`);
}

process.exitCode = 1;
main(stack).then(
  () => {
    process.exitCode = 0;
  },
  ({ message }: Error) => process.stderr.write(`${message}\n`),
);
