import { command } from "../command";

export const up = command({
  name: "up",
  summary: "creates the environment, or updates it",
  details:
    "It checks the machine first. If something is missing, it tells you how to fix it and changes nothing. If the PATH has no Pulumi CLI or k3d, it downloads the pinned versions into `.tools/`. It stores the state and its passphrase in `.state/`. A second run changes nothing.",
  options: {},
  examples: [["--stack ci", "creates a second environment, which Pulumi.ci.yaml configures"]],
  tools: () => ["pulumi", "k3d"],
  before: async ({ stack, say }) => (await import("../../commands/doctor/doctor")).refuseUnfitMachine(stack, say),
  run: async ({ stack, say }) => (await import("../../commands/up")).up(stack, say),
});
