import { refuseUnknownStack } from "../before";
import { command } from "../command";
import { flag } from "../option";

export const trust = command({
  name: "trust",
  summary: "lets this account's browsers trust the CA, without root",
  details: "It names the browsers. Destroying the environment removes the trust too.",
  options: { undo: flag("removes the trust") },
  tools: () => ["pulumi"],
  before: async (invocation) => (invocation.options.undo ? undefined : refuseUnknownStack(invocation)),
  run: async ({ stack, options, say }) => (await import("../../commands/trust")).trust(stack, options.undo, say),
});
