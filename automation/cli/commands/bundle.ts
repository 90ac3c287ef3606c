import { refuseUnknownStack } from "../before";
import { command } from "../command";
import { text } from "../option";

export const bundle = command({
  name: "bundle",
  summary: "lists every image and chart of the running environment by digest",
  details: "For networks that have no way out: [closed networks](closed-networks.md).",
  options: { save: text("FOLDER", "also keeps them there") },
  tools: () => ["pulumi"],
  before: refuseUnknownStack,
  run: async ({ stack, options, say }) => (await import("../../commands/bundle")).bundle(stack, options.save, say),
});
