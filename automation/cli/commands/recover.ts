import { refuseUnknownStack } from "../before";
import { command } from "../command";

export const recover = command({
  name: "recover",
  summary: "removes what a killed operation left",
  details: "That is its lock, half-written state files and half-made Helm releases. `npm start` does so by itself.",
  options: {},
  tools: () => ["pulumi"],
  before: refuseUnknownStack,
  run: async ({ stack, say }) => (await import("../../commands/recover")).recover(stack, say),
});
