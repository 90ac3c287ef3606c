import { command } from "../command";
import { refuseUnknownStack } from "../unknownStack";

export const recover = command({
  name: "recover",
  summary: "removes the leftovers of a killed operation",
  details:
    "These are its lock, half-written state files and unfinished Helm releases. `npm start` removes them by itself.",
  options: {},
  tools: () => ["pulumi"],
  before: refuseUnknownStack,
  run: async ({ stack, say }) => (await import("../../commands/recover")).recover(stack, say),
});
