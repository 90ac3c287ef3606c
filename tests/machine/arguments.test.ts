import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { stackOf } from "../../automation/plainPulumi";
import { readArguments } from "../../machine/arguments.mjs";
import { commands, optionsOf, usage } from "../../machine/commands.mjs";
import { refuseSwallowed } from "../../machine/npmOptions.mjs";
import { readPulumiArguments } from "../../machine/pulumiArguments.mjs";

const rule =
  "must be 1 to 100 letters, digits, dots, dashes and underscores, after ORGANIZATION/ or ORGANIZATION/PROJECT/ where the backend has organizations";

const slips: readonly (readonly [action: string, args: readonly string[], message: string | RegExp])[] = [
  ["destroy", ["--stak", "ci"], "--stak is not known; npm run destroy takes --images, --stack, --help"],
  ["destroy", ["ci"], "ci is not known; npm run destroy takes --images, --stack, --help"],
  ["faults", ["--kill", "9"], "--kill is not known; npm run faults takes --kills, --row, --resume, --document, --stack, --help"],
  ["up", ["-s", "ci"], "-s is not known; npm start takes --stack, --help"],
  ["verify", ["--lessons"], "--lessons is not known; npm run verify takes --lesson, --stack, --help"],
  ["verify", ["--lesson=all"], "--lesson takes no value"],
  ["rollout", ["halt"], /^halt is not known; npm run rollout takes start, resume, abort, status, --steps, /],
  ["rollout", ["resume", "abort"], /^abort is not known; /],
  ["rollout", ["--steps"], "--steps needs a value: --steps WEIGHTS"],
  ["up", ["--stack", "a", "--stack", "b"], "--stack is given twice"],
  ["up", ["--stack", ""], `--stack = "" ${rule}`],
  ["up", ["--stack", "../x"], `--stack = "../x" ${rule}`],
  ["up", ["--stack", "a b"], `--stack = "a b" ${rule}`],
];

const run = (...args: string[]) => spawnSync(process.execPath, ["launcher/start.cjs", ...args], { encoding: "utf8" });

describe("the arguments of a command", () => {
  for (const [action, args, message] of slips)
    it(`of ${action} may not be ${args.join(" ")}`, () => {
      assert.throws(() => readArguments(action, args), { message });
    });

  it("are a stack, a word, texts and switches", () => {
    assert.deepEqual(readArguments("verify", []), {
      stack: "dev",
      word: undefined,
      files: [],
      text: {},
      on: new Set(),
    });
    assert.deepEqual(readArguments("rollout", ["resume", "--stack=ci", "--rate", "50"]), {
      stack: "ci",
      word: "resume",
      files: [],
      text: { stack: "ci", rate: "50" },
      on: new Set(),
    });
    assert.deepEqual([...readArguments("trust", ["--undo"]).on], ["undo"]);
  });

  for (const stack of ["ci", "acme/ci", "acme/mesh/ci"])
    it(`may name the stack ${stack}`, () => assert.equal(readArguments("up", ["--stack", stack]).stack, stack));

  it("take the stack of PULUMI_STACK where they name none", () => {
    const before = process.env["PULUMI_STACK"];
    try {
      process.env["PULUMI_STACK"] = "ci";
      assert.equal(readArguments("destroy", []).stack, "ci");
      assert.equal(readArguments("destroy", ["--stack", "other"]).stack, "other");
      process.env["PULUMI_STACK"] = "../x";
      assert.throws(() => readArguments("destroy", []), { message: `PULUMI_STACK = "../x" ${rule}` });
    } finally {
      if (before === undefined) delete process.env["PULUMI_STACK"];
      else process.env["PULUMI_STACK"] = before;
    }
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
        "  --stack NAME  the environment, configured by Pulumi.NAME.yaml; PULUMI_STACK or else dev unless named",
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

const swallowed: readonly (readonly [
  action: string,
  env: Readonly<Record<string, string>>,
  args: readonly string[],
  right: string,
])[] = [
  ["destroy", { npm_config_stack: "ci" }, [], "npm run destroy -- --stack ci"],
  ["destroy", { npm_config_stack: "true" }, ["ci"], "npm run destroy -- --stack ci"],
  ["up", { npm_config_stack: "ci" }, [], "npm start -- --stack ci"],
  ["verify", { npm_config_lesson: "true" }, [], "npm run verify -- --lesson"],
  ["rollout", { npm_config_on_interrupt: "pause" }, ["resume"], "npm run rollout -- resume --on-interrupt pause"],
  ["rollout", { npm_config_steps: "true" }, ["5,10"], "npm run rollout -- --steps 5,10"],
  ["bundle", { npm_config_save: "folder" }, [], "npm run bundle -- --save folder"],
  ["pulumi", { npm_config_stack: "ci" }, ["config", "set", "a", "1"], "npm run pulumi -- config set a 1 --stack ci"],
  ["faults", { npm_config_row: "true" }, ["SIGKILL"], "npm run faults -- --row SIGKILL"],
];

describe("an option that npm kept for itself", () => {
  for (const [action, env, args, right] of swallowed)
    it(`is refused with what to type: ${right}`, () => {
      assert.throws(
        () => refuseSwallowed(action, args, env),
        ({ message }: Error) => message.endsWith(`; type: ${right}`),
      );
    });

  it("is none of those that npm has itself", () => {
    refuseSwallowed("bundle", [], { npm_config_save: "true", npm_config_yes: "true" });
    refuseSwallowed("pulumi", ["up"], { npm_config_yes: "true", npm_config_force: "true" });
  });

  it("is none of another command", () => refuseSwallowed("destroy", [], { npm_config_lesson: "true" }));

  it("is refused for each option of each command", () => {
    for (const [action, command] of Object.entries(commands))
      for (const name of Object.keys(optionsOf(command)))
        assert.throws(
          () => refuseSwallowed(action, [], { [`npm_config_${name.replaceAll("-", "_")}`]: "x" }),
          /npm keeps --/,
        );
  });
});

describe("the arguments of Pulumi", () => {
  for (const [line, stack] of [
    ["up --stack ci", "ci"],
    ["config -s ci set a 1", "ci"],
    ["up --stack=ci --yes", "ci"],
    ["up -sci", "ci"],
    ["up -s=ci", "ci"],
    ["up -ys ci", "ci"],
    ["up -yfdsci", "ci"],
    ["--stack ci up", "ci"],
    ["-s ci config set a 1", "ci"],
    ["up --stack a --stack b", "b"],
    ["up -s organization/mesh/ci", "organization/mesh/ci"],
    ["up -mstack", undefined],
    ["up --message -s --yes", undefined],
    ["config set a -- -s", undefined],
    ["up --stacks ci", undefined],
    ["up", undefined],
  ] as const)
    it(`name ${stack ?? "no stack"} in ${line}`, () => assert.equal(readPulumiArguments(line.split(" ")).stack, stack));

  it("have the command before, between and after its options", () => {
    for (const line of ["config set a 1 --secret", "--cwd x -s ci config -v 9 set --path a 1", "config set -- a 1"])
      assert.deepEqual(readPulumiArguments(line.split(" ")).words, ["config", "set", "a", "1"], line);
  });

  for (const [line, stack] of [
    ["stack rm ci", "ci"],
    ["stack select ci", "ci"],
    ["cancel ci --yes", "ci"],
    ["stack output urls", "dev"],
    ["config set stack ci", "dev"],
    ["preview", "dev"],
  ] as const)
    it(`are about stack ${stack} in ${line}`, () => assert.equal(stackOf(readPulumiArguments(line.split(" "))), stack));
});
