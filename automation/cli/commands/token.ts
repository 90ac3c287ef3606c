import { refuseUnknownStack } from "../before";
import { command } from "../command";
import { integer, text } from "../option";

export const token = command({
  name: "token",
  summary: "issues a token that the ingress gateway lets in, where tokens is on",
  silent: true,
  options: {
    group: text("NAME", "a group that the token says, such as admins"),
    minutes: integer("N", [1, 99_999], 60, "", "how long it is valid in minutes"),
  },
  examples: [["--group admins --minutes 10", "issues a token for the paths of admins"]],
  tools: () => ["pulumi"],
  before: refuseUnknownStack,
  run: async ({ stack, options, say }) => (await import("../../commands/token")).token(stack, options, say),
});
