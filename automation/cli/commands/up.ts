import { command } from "../command";

export const up = command({
  name: "up",
  summary: "brings the environment up, or up to date",
  details:
    "It looks at the machine before it creates anything. If something is in the way, it says how to fix it and stops. It downloads the pinned Pulumi CLI and k3d into `.tools/` if the PATH has none, and stores the state and its passphrase in `.state/`. A second run changes nothing.",
  options: {},
  examples: [["--stack ci", "brings up a second environment, configured by Pulumi.ci.yaml"]],
  tools: () => ["pulumi", "k3d"],
  before: async ({ stack, say }) => (await import("../../commands/doctor/doctor")).refuseUnfitMachine(stack, say),
  run: async ({ stack, say }) => (await import("../../commands/up")).up(stack, say),
});
