import { needsStack, optionsUnknownToNpm, readPulumiArguments, runsProgram } from "../../commands/pulumi/arguments";
import { command } from "../command";
import { refuseUnknownStack } from "../unknownStack";

export const pulumi = command({
  name: "pulumi",
  summary: "runs Pulumi with the pinned CLI and the local state",
  details:
    "It uses the stack that `--stack` names, or the default stack of all commands. It ignores `pulumi stack select`. `config set` creates a stack that does not exist. The other `config` commands create one only if its file `Pulumi.NAME.yaml` exists. With `-v=9`, it writes Pulumi's log to `report/pulumi.log`, without keys and credentials.",
  options: {},
  passesOn: optionsUnknownToNpm,
  examples: [
    ["config set canaryWeight 25", "sets a key; npm start applies it"],
    ["up --config istio-on-k3d:canaryWeight=25", "sets and applies a key in one step"],
    ["stack output urls", "shows an output"],
  ],
  tools: ({ args }) => (runsProgram(readPulumiArguments(args)) ? ["pulumi", "k3d"] : ["pulumi"]),
  before: async (invocation) =>
    needsStack(readPulumiArguments(invocation.args)) ? refuseUnknownStack(invocation) : undefined,
  run: async ({ args }) => (await import("../../commands/pulumi/pulumi")).pulumi(args),
});
