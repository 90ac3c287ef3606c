import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { readArguments } from "../../machine/arguments.mjs";
import { commands, optionsOf, usage } from "../../machine/commands.mjs";

const slips: readonly (readonly [action: string, args: readonly string[], message: string | RegExp])[] = [
  ["destroy", ["--stak", "ci"], "--stak is not known; npm run destroy takes --images, --stack, --help"],
  ["destroy", ["ci"], "ci is not known; npm run destroy takes --images, --stack, --help"],
  ["faults", ["--kill", "9"], "--kill is not known; npm run faults takes --kills, --only, --stack, --help"],
  ["up", ["-s", "ci"], "-s is not known; npm start takes --stack, --help"],
  ["verify", ["--lessons"], "--lessons is not known; npm run verify takes --lesson, --stack, --help"],
  ["verify", ["--lesson=all"], "--lesson takes no value"],
  ["rollout", ["halt"], /^halt is not known; npm run rollout takes start, resume, abort, status, --steps, /],
  ["rollout", ["resume", "abort"], /^abort is not known; /],
  ["rollout", ["--steps"], "--steps needs a value: --steps WEIGHTS"],
  ["up", ["--stack", "a", "--stack", "b"], "--stack is given twice"],
  ["up", ["--stack", ""], '--stack = "" must be 1 to 100 letters, digits, dots and dashes'],
  ["up", ["--stack", "../x"], '--stack = "../x" must be 1 to 100 letters, digits, dots and dashes'],
  ["up", ["--stack", "a b"], '--stack = "a b" must be 1 to 100 letters, digits, dots and dashes'],
];

const run = (...args: string[]) => spawnSync(process.execPath, ["launcher/start.cjs", ...args], { encoding: "utf8" });

describe("the arguments of a command", () => {
  for (const [action, args, message] of slips)
    it(`of ${action} may not be ${args.join(" ")}`, () => {
      assert.throws(() => readArguments(action, args), { message });
    });

  it("are a stack, a word, texts and switches", () => {
    assert.deepEqual(readArguments("verify", []), { stack: "dev", word: undefined, text: {}, on: new Set() });
    assert.deepEqual(readArguments("rollout", ["resume", "--stack=ci", "--rate", "50"]), {
      stack: "ci",
      word: "resume",
      text: { stack: "ci", rate: "50" },
      on: new Set(),
    });
    assert.deepEqual([...readArguments("trust", ["--undo"]).on], ["undo"]);
  });

  it("end a command with exit code 2 before it does anything, and --help with 0", () => {
    const wrong = run("destroy", "--stak", "ci");
    assert.deepEqual(
      [wrong.status, wrong.stdout, wrong.stderr],
      [2, "", "--stak is not known; npm run destroy takes --images, --stack, --help\n"],
    );
    const help = run("destroy", "--help");
    assert.deepEqual([help.status, help.stdout], [0, `${usage("destroy")}\n`]);
  });

  it("are told by --help, and with npm start every command", () => {
    assert.equal(
      usage("trust"),
      [
        "npm run trust -- [options]: lets this account's browsers trust the CA, without root",
        "  --undo        takes it back",
        "  --stack NAME  the environment, configured by Pulumi.NAME.yaml; dev unless named",
        "  --help        this text",
      ].join("\n"),
    );
    for (const { as } of Object.values(commands)) assert.ok(usage("up").includes(as), as);
  });

  it("are all in the README, and every command is a script of the package", () => {
    const readme = readFileSync("README.md", "utf8");
    const { scripts } = JSON.parse(readFileSync("package.json", "utf8")) as { scripts: Record<string, string> };
    for (const [action, command] of Object.entries(commands)) {
      assert.equal(scripts[action === "up" ? "start" : action], `node launcher/start.cjs ${action}`);
      assert.ok(readme.includes(command.as), command.as);
      for (const option of Object.keys(optionsOf(command)))
        assert.ok(readme.includes(`--${option}`), `${command.as} --${option}`);
    }
  });
});
