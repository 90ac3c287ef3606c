/**
 * Measures the environment against what a person would do by hand, interleaved, on this machine.
 *
 * Use: `npm run bench -- --stack NAME [--rounds N] [--document] [--note TEXT] [--mesh]`; the stack's configuration has to
 * exist, and no other environment may hold its ports. Writes report/bench.md and bench.svg, or with --document docs/;
 * the note says there what is unusual about the machine. With --mesh the environment has to be up, and only the section
 * of the page about mesh tests is written.
 */
import { execFileSync } from "node:child_process";
import { mkdir, readFile, writeFile } from "node:fs/promises";
import { cpus, totalmem } from "node:os";
import path from "node:path";
import { bench } from "../../automation/cli/commands/maintenance";
import { parse } from "../../automation/cli/parse";
import { openStack, settingsOf } from "../../automation/stack/stack";
import versions from "../../versions.json";
import { Program } from "./commands";
import { type Memory, meshTests } from "./meshTests";
import { benchPage, memoryLine, meshSection, withMeshSection } from "./page";
import { answers, probe, since } from "./probe";
import { empty } from "./programs";
import { command, fromNothing, recovery, throughCaches, weightChange } from "./rounds";
import { Sequential } from "./sequential";
import { benchSvg, benchTable, type Comparison, type Measured, median } from "./table";

const {
  stack,
  options: { rounds, note, document, mesh },
} = parse(bench, process.argv.slice(2));

const comparisons = {
  script: { name: "up from nothing", against: "the same steps in a script", goal: { ratio: 0.7 } },
  path: { name: "up from nothing", against: "its critical path alone", goal: { ratio: 1.25 } },
  noop: { name: "up without a change", against: "an empty program", goal: { ratio: 2 } },
  preview: { name: "preview", against: "an empty program", goal: { ratio: 2 } },
  weight: { name: "weight change to its effect", against: "kubectl patch", goal: { seconds: 3 } },
  destroy: { name: "destroy", against: "k3d cluster delete", goal: { ratio: 1.3 } },
  recovery: { name: "up after a kill half-way", against: "up from nothing", goal: { ratio: 1 } },
  meshCold: { name: "mesh test of 10 cases", against: "kubectl apply and exec in a script", goal: { total: 15 } },
  meshEdited: { name: "the same after an edit", against: "the same script again", goal: { total: 8 } },
  meshHundred: { name: "mesh test of 100 cases", against: "the same script with 100 requests", goal: { total: 25 } },
  cached: { name: "up through filled image caches", against: "up from nothing" },
} as const satisfies Record<string, Comparison>;
type Which = keyof typeof comparisons;

const say = (line: string) => process.stdout.write(`${line}\n`);
const pairs = Object.fromEntries(
  Object.keys(comparisons).map((which) => [which, { ours: [], reference: [] }]),
) as unknown as Record<Which, { ours: number[]; reference: number[] }>;
function add(which: Which, ours: number, reference: number): void {
  pairs[which].ours.push(ours);
  pairs[which].reference.push(reference);
  say(`  ${comparisons[which].name}: ${ours.toFixed(1)} s; ${comparisons[which].against}: ${reference.toFixed(1)} s`);
}

const memories: Memory[] = [];

async function meshRound(name: string): Promise<void> {
  const { cold, edited, hundred, mebibytes } = await meshTests(name, say);
  add("meshCold", cold.ours, cold.script);
  add("meshEdited", edited.ours, edited.script);
  add("meshHundred", hundred.ours, hundred.script);
  memories.push(mebibytes);
  say(`  ${memoryLine(memories)}`);
}

const isMesh = (which: Which): boolean => which.startsWith("mesh");
const measuredOf = (wanted: (which: Which) => boolean): Measured[] =>
  (Object.keys(comparisons) as Which[])
    .filter(wanted)
    .map((which) => ({ ...comparisons[which], ...pairs[which] }))
    .filter(({ ours }) => ours.length > 0);

async function round(name: string, nothing: Program): Promise<void> {
  const ours = new Program(name);
  const settings = await settingsOf(await openStack(name));
  if (!settings) throw new Error("the stack's configuration is wrong");
  const clean = await fromNothing(name, settings);
  add("path", clean.seconds, clean.path.seconds);
  say(`    ${clean.path.names.join(" → ")}`);
  const quiet = ["--yes", "--skip-preview"];
  // short ones say more by their middle, while what came up just now still settles
  for (let pair = 1; pair <= 3; pair++) {
    add("noop", await ours.pulumi("up", ...quiet), await nothing.pulumi("up", ...quiet));
    add("preview", await ours.pulumi("preview"), await nothing.pulumi("preview"));
  }
  const change = await weightChange(name, settings, clean.ca, clean.resources);
  add("weight", change.ours, change.reference);
  await meshRound(name);
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
  await throughCaches(name, settings).then(
    (seconds) => add("cached", seconds, clean.seconds),
    // caches need their registries, which the rest does not
    (error: Error) => say(`  ${comparisons.cached.name}: not measured, ${error.message}`),
  );
}

/** Machine and versions of a measurement. */
const surroundings = (name: string): string[] => {
  const docker = execFileSync("docker", ["version", "--format", "{{.Server.Version}}"], { encoding: "utf8" }).trim();
  const memory = `${(totalmem() / 2 ** 30).toFixed(0)} GiB`;
  return [
    `Made by \`npm run bench -- --stack ${name} --rounds ${rounds}${mesh ? " --mesh" : ""}\` on ${new Date().toISOString().slice(0, 10)}:`,
    `${cpus().length} × ${cpus()[0]?.model ?? "unknown"}, ${memory}, ${process.platform}, Node ${process.versions.node}, Docker ${docker},`,
    `Pulumi ${versions.pulumi}, k3d ${versions.k3d}, k3s ${versions.k3s}, MetalLB ${versions.metallb}, Istio ${versions.istio}.`,
    ...(note === undefined ? [] : [note]),
  ];
};

async function main(name: string): Promise<void> {
  const folder = document ? "docs" : "report";
  const file = path.join(folder, "bench.md");
  if (mesh) {
    for (let i = 1; i <= rounds; i++) await meshRound(name);
    const section = meshSection(surroundings(name), measuredOf(isMesh), memories);
    say(`\n${section}`);
    const before = await readFile(file, "utf8").catch(() => "");
    await mkdir(folder, { recursive: true });
    await writeFile(file, withMeshSection(before, section));
    say(`\n${file} has it`);
    return;
  }
  const nothing = await empty();
  try {
    for (let i = 1; i <= rounds; i++) {
      say(`round ${i} of ${rounds}`);
      await round(name, nothing.program);
    }
  } finally {
    await nothing.close();
  }
  const measured = measuredOf((which) => !isMesh(which));
  await mkdir(folder, { recursive: true });
  const section = meshSection(surroundings(name), measuredOf(isMesh), memories);
  await writeFile(file, withMeshSection(benchPage(surroundings(name), measured), section));
  await writeFile(path.join(folder, "bench.svg"), benchSvg(measured));
  say(`\n${benchTable(measured)}\n\n${file} and bench.svg have it, median up ${median(pairs.path.ours).toFixed(1)} s`);
}

process.exitCode = 1;
void main(stack).then(() => {
  process.exitCode = 0;
});
