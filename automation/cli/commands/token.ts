import { command } from "../command";
import { integer, text } from "../option";
import { refuseUnknownStack } from "../unknownStack";

export const token = command({
  name: "token",
  summary: "issues a token that the ingress gateway accepts, if tokens is true",
  silent: true,
  options: {
    group: text("NAME", "group in the token, such as admins"),
    minutes: integer("N", [1, 99_999], 60, "", "lifetime of the token in minutes"),
  },
  examples: [["--group admins --minutes 10", "issues a token for /admin"]],
  tools: () => ["pulumi"],
  before: refuseUnknownStack,
  run: async ({ stack, options, say }) => (await import("../../commands/token")).token(stack, options, say),
});
