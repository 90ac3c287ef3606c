import { command } from "../command";
import { text } from "../option";
import { refuseUnknownStack } from "../unknownStack";

export const bundle = command({
  name: "bundle",
  summary: "lists every image, chart and provider plugin of the running environment, by digest",
  details: "For machines without a connection to the internet: [closed networks](closed-networks.md).",
  options: { save: text("FOLDER", "also saves them there") },
  tools: () => ["pulumi"],
  before: refuseUnknownStack,
  run: async ({ stack, options, say }) => (await import("../../commands/bundle")).bundle(stack, options.save, say),
});
