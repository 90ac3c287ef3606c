import assert from "node:assert/strict";
import { realpathSync } from "node:fs";
import path from "node:path";
import { optionsOf } from "../../automation/cli/command";
import { commands } from "../../automation/cli/table";
import { swallowedOption } from "../../launcher/swallowed.mjs";

/** Path of npm's command line, beside the Node that runs this test. */
const npmCli = (): string => realpathSync(path.join(path.dirname(process.execPath), "npm"));

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
      assert.ok(swallowedOption(action, args, env)?.endsWith(`type: ${right}`));
    });

  it("is none of those that npm has itself", () => {
    assert.equal(swallowedOption("bundle", [], { npm_config_save: "true", npm_config_yes: "true" }), undefined);
    assert.equal(swallowedOption("pulumi", ["up"], { npm_config_yes: "true", npm_config_force: "true" }), undefined);
  });

  it("is none of another command", () =>
    assert.equal(swallowedOption("destroy", [], { npm_config_lesson: "true" }), undefined));

  for (const [name, right] of [
    ["stak", "--stack ci"],
    ["satck", "--stack ci"],
    ["Stack", "--stack ci"],
    ["stacks", "--stack ci"],
    ["imges", "--images"],
  ] as const)
    it(`is refused with the right form when it is misspelt: --${name}`, () => {
      assert.equal(
        swallowedOption("destroy", [], { [`npm_config_${name}`]: "ci" }),
        `npm keeps --${name} for itself unless -- stands before it; did you mean ${right.split(" ")[0]}? type: npm run destroy -- ${right}`,
      );
    });

  it("is none that npm has itself and that only resembles one", () => {
    const npm = { npm_execpath: process.env["npm_execpath"] ?? npmCli() };
    // npm's option --scope, two edits from --stack, and the variables that npm always sets
    for (const name of ["scope", "cache", "prefix", "noproxy", "node_gyp", "user_agent", "local_prefix", "save_exact"])
      for (const { name: action } of commands)
        assert.equal(swallowedOption(action, [], { ...npm, [`npm_config_${name}`]: "x" }), undefined, name);
  });

  it("is refused for each option of each command", () => {
    for (const command of commands)
      for (const name of Object.keys(optionsOf(command)))
        assert.match(
          swallowedOption(command.name, [], { [`npm_config_${name.replaceAll("-", "_")}`]: "x" }) ?? "",
          /^npm keeps --/,
        );
  });
});
