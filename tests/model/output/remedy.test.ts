import assert from "node:assert/strict";
import {
  type CommandLine,
  configRm,
  configSet,
  configSetSecret,
  forCode,
  forNpm,
  forPulumi,
  remedy,
  run,
  writeRemedy,
} from "../../../model/output/remedy";

const subnet = configSet("subnet", "10.44.0.0/24");

describe("a command of a remedy", () => {
  for (const [command, npm, pulumi, code] of [
    [
      subnet,
      "npm run pulumi -- config set subnet 10.44.0.0/24 --stack ci",
      "pulumi config set subnet 10.44.0.0/24 --stack ci",
      'subnet: "10.44.0.0/24"',
    ],
    [
      configSet("httpPort", 8080),
      "npm run pulumi -- config set httpPort 8080 --stack ci",
      "pulumi config set httpPort 8080 --stack ci",
      "httpPort: 8080",
    ],
    [
      configRm("zone"),
      "npm run pulumi -- config rm zone --stack ci",
      "pulumi config rm zone --stack ci",
      "remove zone",
    ],
    [
      configSetSecret("pullSecret"),
      "npm run pulumi -- config set --secret pullSecret --stack ci",
      "pulumi config set --secret pullSecret --stack ci",
      "set pullSecret",
    ],
    [run("up"), "npm start -- --stack ci", "pulumi up --stack ci", "npm start"],
    [
      run("rollout", "resume"),
      "npm run rollout -- resume --stack ci",
      "npm run rollout -- resume --stack ci",
      "npm run rollout -- resume",
    ],
  ] as const satisfies readonly (readonly [CommandLine, string, string, string])[])
    it(`is written for npm, for Pulumi and for a program: ${npm}`, () => {
      assert.deepEqual([forNpm("ci")(command), forPulumi("ci")(command), forCode(command)], [npm, pulumi, code]);
    });

  it("names no stack for npm if the default stack is meant", () => {
    assert.equal(forNpm()(subnet), "npm run pulumi -- config set subnet 10.44.0.0/24");
    assert.equal(forNpm()(run("up")), "npm start");
  });

  it("stands in a text", () => {
    const text = remedy`wait, or: ${subnet}, then ${run("up")}`;
    assert.equal(
      writeRemedy(text, forPulumi("a")),
      "wait, or: pulumi config set subnet 10.44.0.0/24 --stack a, then pulumi up --stack a",
    );
  });
});
