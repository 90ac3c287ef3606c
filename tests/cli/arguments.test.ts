import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { closeSync, existsSync, openSync } from "node:fs";
import { type Command, npmCommand } from "../../automation/cli/command";
import { help } from "../../automation/cli/help";
import { parse } from "../../automation/cli/parse";
import { commands } from "../../automation/cli/table";
import { scripts } from "../../package.json";

const rule =
  "must be 1 to 100 letters, digits, dots, dashes and underscores, after ORGANIZATION/ or ORGANIZATION/PROJECT/ where the backend has organizations";

const slips: readonly (readonly [action: string, args: readonly string[], message: string | RegExp])[] = [
  [
    "destroy",
    ["--stak", "ci"],
    "--stak is not known; did you mean --stack? npm run destroy takes --images, --stack, --help",
  ],
  ["destroy", ["ci"], "ci is not known; npm run destroy takes --images, --stack, --help"],
  [
    "faults",
    ["--kill", "9"],
    "--kill is not known; did you mean --kills? npm run faults takes --kills, --row, --resume, --document, --note, --stack, --help",
  ],
  ["up", ["-s", "ci"], "-s is not known; npm start takes --stack, --help"],
  [
    "verify",
    ["--lessons"],
    "--lessons is not known; did you mean --lesson? npm run verify takes --lesson, --stack, --help",
  ],
  ["verify", ["--lesson=all"], "--lesson takes no value"],
  ["rollout", ["halt"], /^halt is not known; npm run rollout takes start, resume, abort, status, --steps, /],
  ["rollout", ["resume", "abort"], /^abort is not known; /],
  ["rollout", ["--steps"], "--steps needs a value: --steps WEIGHTS"],
  ["up", ["--stack", "a", "--stack", "b"], "--stack is given twice"],
  ["token", ["--group", "--stack", "ci"], "--group needs a value: --group NAME"],
  ["try", ["--against", "--keep", "folder"], "--against needs a value: --against REVISION"],
  ["env", ["--stack", "--"], /^--stack is not known; /],
  ["token", ["--group", ""], '--group = "" must be 1 to 4096 characters, without control characters'],
  ["token", ["--group=a\nb"], '--group = "a\\nb" must be 1 to 4096 characters, without control characters'],
  ["token", ["--minutes", "-5"], '--minutes = "-5" must be an integer from 1 to 99999'],
  ["token", ["--minutes", "NaN"], '--minutes = "NaN" must be an integer from 1 to 99999'],
  [
    "bundle",
    ["--save", "a".repeat(5000)],
    `--save = "${"a".repeat(100)}…" (5000 characters) must be 1 to 4096 characters, without control characters`,
  ],
  [
    "upgrade",
    ["--pause-before", "a".repeat(5000)],
    /^--pause-before = "a{100}…" \(5000 characters\) must be one of crds/,
  ],
  ["destroy", [""], '"" is not known; npm run destroy takes --images, --stack, --help'],
  ["destroy", ["a".repeat(5000)], /^"a{100}…" \(5000 characters\) is not known; /],
  ["up", ["--stack", ""], `--stack = "" ${rule}`],
  ["up", ["--stack", "../x"], `--stack = "../x" ${rule}`],
  ["up", ["--stack", "a b"], `--stack = "a b" ${rule}`],
];

const named = (name: string): Command => {
  const found = commands.find((command) => command.name === name);
  assert.ok(found, name);
  return found;
};
const read = (action: string, args: readonly string[]) => parse(named(action), args);
const run = (...args: string[]) => spawnSync(process.execPath, ["launcher/start.cjs", ...args], { encoding: "utf8" });

describe("the arguments of a command", () => {
  for (const [action, args, message] of slips)
    it(`of ${action} may not be ${args.join(" ")}`, () => {
      assert.throws(() => read(action, args), { message });
    });

  it("are a stack, a word, and options with values of their types", () => {
    const { stack, word, files, options, present } = read("rollout", ["resume", "--stack=ci", "--rate", "50"]);
    assert.deepEqual([stack, word, files, options["rate"], options["source"]], ["ci", "resume", [], 50, "probes"]);
    assert.deepEqual([...present], ["stack", "rate"]);
    assert.deepEqual(read("verify", []).options, { lesson: false });
    assert.deepEqual(read("trust", ["--undo"]).options, { undo: true });
    assert.equal(read("rollout", []).word, "start");
    assert.deepEqual(read("try", ["a", "-", "--keep"]).files, ["a", "-"]);
  });

  for (const stack of ["ci", "acme/ci", "acme/mesh/ci"])
    it(`may name the stack ${stack}`, () => assert.equal(read("up", ["--stack", stack]).stack, stack));

  it("use the stack of PULUMI_STACK without --stack", () => {
    const before = process.env["PULUMI_STACK"];
    try {
      process.env["PULUMI_STACK"] = "ci";
      assert.equal(read("destroy", []).stack, "ci");
      assert.equal(read("destroy", ["--stack", "other"]).stack, "other");
      process.env["PULUMI_STACK"] = "../x";
      assert.throws(() => read("destroy", []), { message: `PULUMI_STACK = "../x" ${rule}` });
    } finally {
      if (before === undefined) delete process.env["PULUMI_STACK"];
      else process.env["PULUMI_STACK"] = before;
    }
  });

  it("end a command with exit code 2 before it does anything, and --help with 0", () => {
    const wrong = run("destroy", "--stak", "ci");
    assert.deepEqual(
      [wrong.status, wrong.stdout, wrong.stderr],
      [2, "", "--stak is not known; did you mean --stack? npm run destroy takes --images, --stack, --help\n"],
    );
    const asked = run("destroy", "--help");
    assert.deepEqual([asked.status, asked.stdout], [0, `${help(named("destroy"))}\n`]);
  });

  it("end a command with exit code 1 where its output cannot be written", function () {
    if (!existsSync("/dev/full")) this.skip();
    const full = openSync("/dev/full", "w");
    const args = ["launcher/start.cjs", "up", "--help"];
    const { status, stderr } = spawnSync(process.execPath, args, { stdio: ["ignore", full, "pipe"], encoding: "utf8" });
    closeSync(full);
    assert.equal(status, 1);
    assert.match(stderr, /^standard output cannot be written: ENOSPC/);
  });

  it("of Pulumi name a stack by the same rule, also when PULUMI_STACK does", () => {
    const named = run("pulumi", "config", "set", "agents", "1", "--stack", "../x");
    assert.deepEqual([named.status, named.stderr], [2, `--stack = "../x" ${rule}\n`]);
    const env = { ...process.env, PULUMI_STACK: "../x" };
    const byVariable = spawnSync(process.execPath, ["launcher/start.cjs", "pulumi", "config"], {
      env,
      encoding: "utf8",
    });
    assert.deepEqual([byVariable.status, byVariable.stderr], [2, `PULUMI_STACK = "../x" ${rule}\n`]);
  });

  for (const name of ["bench", "faults"])
    it(`of ${name}, which destroys an environment, name its stack`, () => {
      const { status, stderr } = run(name);
      assert.equal(status, 2);
      assert.equal(
        stderr,
        `npm run ${name} makes and destroys an environment, so its stack has to be named; type: npm run ${name} -- --stack ${name}\n`,
      );
    });

  it("are listed by --help, and with npm start so is every command", () => {
    assert.equal(
      help(named("trust")),
      [
        "npm run trust -- [options]: adds the CA to the certificate stores of this account's browsers, without root",
        "  --undo        removes the trust",
        "  --stack NAME  the environment, configured by Pulumi.NAME.yaml; PULUMI_STACK or else dev by default",
        "  --help        shows this text",
      ].join("\n"),
    );
    const all = run("up", "--help").stdout;
    for (const command of commands) assert.ok(all.includes(`  ${npmCommand(command)}  `), command.name);
  });

  it("belong to commands that are all scripts of the package", () => {
    const all: Record<string, string> = scripts;
    for (const { name } of commands)
      assert.equal(all[name === "up" ? "start" : name], `node launcher/start.cjs ${name}`);
  });

  it("have examples that the command accepts", () => {
    const examples = commands
      .filter(({ passesOn }) => !passesOn)
      .flatMap((command) => (command.examples ?? []).map(([args]) => [command, args] as const));
    assert.ok(examples.length > 0);
    for (const [command, args] of examples)
      assert.doesNotThrow(() => parse(command, args.split(" ")), `${npmCommand(command)} -- ${args}`);
  });

  it("must name a command: an unknown one is refused with the nearest name", () => {
    const { status, stderr } = run("destry");
    assert.equal(status, 2);
    assert.match(stderr, /^there is no command destry; did you mean destroy\? there are up, verify, /);
  });
});
