import assert from "node:assert/strict";
import { optionsOf } from "../../automation/cli/command";
import { parse } from "../../automation/cli/parse";
import { commands } from "../../automation/cli/table";
import { forNpm, type RemedyError, writeRemedy } from "../../model/output/remedy";

/** A value that each option accepts, by the placeholder in its help. */
const sample: Readonly<Record<string, string>> = {
  WEIGHTS: "5,100",
  SOURCE: "probes",
  N: "9",
  SECONDS: "60",
  URL: "http://127.0.0.1:9090",
  WHAT: "pause",
  STEP: "finish",
};

/** Options that each command accepts with one of its words or switches. A new option needs a decision for each of them. */
const accepted: Readonly<Record<string, Readonly<Record<string, readonly string[]>>>> = {
  try: { "--keep": ["against"], "--remove": [] },
  rollout: {
    start: ["steps", "source", "rate", "patience", "warm-up", "prometheus", "on-interrupt"],
    resume: ["steps", "source", "rate", "patience", "warm-up", "prometheus", "on-interrupt"],
    abort: [],
    status: [],
  },
  upgrade: {
    start: ["to", "plan", "rate", "pause-before"],
    resume: ["rate", "pause-before"],
    abort: ["rate"],
    status: [],
    "--plan": ["to"],
  },
  verify: { "--lesson": [] },
  destroy: { "--images": [] },
  trust: { "--undo": [] },
  bench: {
    "--document": ["rounds", "mesh", "timeline", "note"],
    "--mesh": ["rounds", "document", "note"],
    "--timeline": ["document", "note"],
  },
  faults: { "--resume": ["kills", "row"], "--document": ["kills", "note"] },
  endurance: {
    "--resume": ["changes", "rollouts", "upgrades", "to", "destroys"],
    "--document": ["changes", "rollouts", "upgrades", "destroys", "note"],
  },
};

describe("an option without effect", () => {
  const refused = (name: string, args: readonly string[], stack = "dev"): string | undefined => {
    const command = commands.find((each) => each.name === name);
    assert.ok(command, name);
    try {
      parse(command, args);
      return undefined;
    } catch (error) {
      return writeRemedy((error as RemedyError).text, forNpm(stack));
    }
  };

  it("is refused in every command, and every other option is accepted", () => {
    const combinations = commands.flatMap((command) => {
      const options = Object.entries(command.options);
      const switches = options.filter(([, { value }]) => value === undefined).map(([name]) => `--${name}`);
      const parts = [...(command.words ?? []), ...switches].map((part) => {
        const beside = options.filter(([name]) => `--${name}` !== part);
        const kept = beside.filter(([name, { value }]) => {
          const args = [part, `--${name}`, ...(value === undefined ? [] : [sample[value] ?? "1.31.4"])];
          return refused(command.name, args) === undefined;
        });
        return [part, kept.map(([name]) => name)] as const;
      });
      return parts.length > 0 ? [[command.name, Object.fromEntries(parts)] as const] : [];
    });
    assert.deepEqual(Object.fromEntries(combinations), accepted);
  });

  it("is listed in `unused` only if its command has it", () => {
    for (const command of commands)
      for (const [part, ignored] of Object.entries(command.unused ?? {})) {
        const names = [...Object.keys(optionsOf(command)), ...(command.files ? ["files"] : [])];
        for (const name of ignored) assert.ok(names.includes(name), `${command.name}: ${name}`);
        const [first = ""] = part.replace(/^--/, "").split(" ");
        assert.ok([...names, ...(command.words ?? [])].includes(first), `${command.name}: ${part}`);
      }
  });

  for (const [name, args, message] of [
    ["upgrade", ["status", "--rate", "50"], "--rate has no effect with status; fix: npm run upgrade -- status"],
    [
      "upgrade",
      ["--to", "1.31.4", "--plan", "--rate", "50"],
      "--rate has no effect with --plan; fix: npm run upgrade -- --to 1.31.4 --plan",
    ],
    [
      "rollout",
      ["--source", "gateway", "--rate", "50", "--patience", "60"],
      "--rate has no effect with --source gateway; fix: npm run rollout -- --source gateway --patience 60",
    ],
    [
      "try",
      ["examples/mesh/canary", "--remove"],
      "examples/mesh/canary has no effect with --remove; fix: npm run try -- --remove",
    ],
    [
      "faults",
      ["--row", "it's late", "--document", "--kills", "2"],
      "--row has no effect with --document; fix: npm run faults -- --document --kills 2",
    ],
    [
      "endurance",
      ["--upgrades", "0", "--to", "1.31.4"],
      "--to has no effect with --upgrades 0; fix: npm run endurance -- --upgrades 0",
    ],
  ] as const)
    it(`is refused with the command without it: ${name} ${args.join(" ")}`, () => {
      assert.equal(refused(name, args, "ci"), `${message} --stack ci`);
    });

  for (const name of ["faults", "endurance"])
    it(`is refused if it is a note for a page that ${name} does not write`, async () => {
      const command = commands.find((each) => each.name === name);
      assert.ok(command?.before);
      const { before } = command;
      const invocation = { ...parse(command, ["--note", "It is slow.", "--stack", "ci"]), say: () => {} };
      await assert.rejects(async () => before(invocation), {
        message: "--note has no effect without --document, which writes the page",
      });
    });
});
