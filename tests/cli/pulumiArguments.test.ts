import assert from "node:assert/strict";
import { needsStack, readPulumiArguments, stackOf } from "../../automation/commands/pulumi/arguments";

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

  for (const [line, needs] of [
    ["up", true],
    ["cancel", true],
    ["stack", true],
    ["stack output urls", true],
    ["stack rm ci", true],
    ["stack select ci", true],
    ["stack select", false],
    ["stack select ci --create", false],
    ["stack select -c ci", false],
    ["stack init ci", false],
    ["stack ls", false],
    ["up --cwd elsewhere", false],
    ["config set a 1", false],
  ] as const)
    it(`need a stack that exists, or may create it, in ${line}: ${needs}`, () =>
      assert.equal(needsStack(readPulumiArguments(line.split(" "))), needs));
});
