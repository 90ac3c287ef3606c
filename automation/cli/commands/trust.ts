import { command } from "../command";
import { flag } from "../option";
import { refuseUnknownStack } from "../unknownStack";

export const trust = command({
  name: "trust",
  summary: "adds the CA to the certificate stores of this account's browsers, without root",
  details: "It prints the browsers that it reaches. `npm run destroy` removes the CA from the stores again.",
  options: { undo: flag("removes the trust") },
  tools: () => ["pulumi"],
  before: async (invocation) => (invocation.options.undo ? undefined : refuseUnknownStack(invocation)),
  run: async ({ stack, options, say }) => (await import("../../commands/trust")).trust(stack, options.undo, say),
});
