import path from "node:path";
import { exitCodes, OperationFailed } from "../../../host/failure";
import { runInForeground } from "../../../host/foreground";
import { projectRoot } from "../../stack/project";
import { command, type Invocation } from "../command";
import { flag, integer, text } from "../option";
import { refuseUnknownStack } from "../unknownStack";

/**
 * Refuses the default stack to a command that destroys its environment.
 *
 * @throws OperationFailed, exit code 2
 */
async function refuseUnnamed({ present }: Pick<Invocation, "present">, name: string): Promise<undefined> {
  if (!present.has("stack"))
    throw new OperationFailed(
      `npm run ${name} makes and destroys an environment, so its stack has to be named; type: npm run ${name} -- --stack ${name}`,
      exitCodes.config,
    );
  return undefined;
}

/** Runs a TypeScript file of tests/, which this program does not import. */
const runFile = (entry: string, args: readonly string[]): Promise<number> => {
  const launcher = (file: string) => path.join(projectRoot, "launcher", file);
  return runInForeground(process.execPath, [
    "--require",
    launcher("deferSdkClosure.cjs"),
    launcher("run.cjs"),
    entry,
    ...args,
  ]);
};

/**
 * Refuses a note for a page to a command that writes no page.
 *
 * @throws OperationFailed, exit code 2
 */
function refuseNoteAlone({ note, document }: { readonly note: string | undefined; readonly document: boolean }): void {
  if (note !== undefined && !document)
    throw new OperationFailed("--note has no effect without --document, which writes the page", exitCodes.config);
}

const note = text("TEXT", "a sentence for the page, such as what is unusual about the machine");

export const bench = command({
  name: "bench",
  summary: "measures the time of an environment of its own, beside a script, its longest chain and an empty program",
  options: {
    rounds: integer("N", [1, 99], 3, "", "number of rounds"),
    document: flag("writes to docs/ and not to report/"),
    mesh: flag("measures mesh tests only, in an environment that is up, and writes that section of the page"),
    timeline: flag("measures one up only, step by step, and writes that section of the page"),
    note,
  },
  unused: { "--timeline": ["rounds", "mesh"] },
  tools: () => ["pulumi", "k3d"],
  before: async (invocation) => (await refuseUnnamed(invocation, "bench")) ?? refuseUnknownStack(invocation),
  run: ({ args }) => runFile("tests/bench/main", args),
});

export const faults = command({
  name: "faults",
  summary: "kills, stops and deletes parts of an environment of its own, and shows the result of the next up for each",
  options: {
    kills: integer("N", [1, 99], 24, "", "number of steps of an up to kill at, spread evenly"),
    row: text("TEXT", "only the faults whose name contains this text"),
    resume: flag("skips the faults that report/faults.jsonl has as good"),
    document: flag("writes docs/faults.md from report/faults.jsonl, and makes no fault"),
    note,
  },
  // the number of kills is the number of rows that the page expects
  unused: { "--document": ["row", "resume"], "--resume": ["note"] },
  tools: () => ["pulumi", "k3d"],
  before: (invocation) => {
    refuseNoteAlone(invocation.options);
    return refuseUnnamed(invocation, "faults");
  },
  run: ({ args }) => runFile("tests/faults/main", args),
});

export const endurance = command({
  name: "endurance",
  summary: "changes an environment of its own again and again, and shows what grows",
  options: {
    changes: integer("N", [0, 10000], 200, "", "number of changes of the configuration"),
    rollouts: integer("N", [0, 1000], 50, "", "number of rollouts"),
    upgrades: integer("N", [0, 1000], 20, "", "number of upgrades of Istio to --to, each of which is taken back"),
    to: text("VERSION", "version of Istio for the upgrades; without it, they have nothing to do"),
    destroys: integer("N", [0, 1000], 20, "", "number of destroys, each with an up from nothing"),
    resume: flag("skips the steps that report/endurance.jsonl has as done"),
    document: flag("writes docs/endurance.md from report/endurance.jsonl, and changes nothing"),
    note,
  },
  tools: () => ["pulumi", "k3d"],
  unused: { "--upgrades 0": ["to"], "--document": ["resume", "to"], "--resume": ["note"] },
  before: async (invocation) => {
    refuseNoteAlone(invocation.options);
    const { upgrades, to, document } = invocation.options;
    if (invocation.present.has("upgrades") && to === undefined && upgrades > 0 && !document)
      throw new OperationFailed("--upgrades has no effect without --to, the version to upgrade to", exitCodes.config);
    return (await refuseUnnamed(invocation, "endurance")) ?? refuseUnknownStack(invocation);
  },
  run: ({ args }) => runFile("tests/endurance/main", args),
});
