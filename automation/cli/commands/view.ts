import { command } from "../command";
import { integer } from "../option";
import { refuseUnknownStack } from "../unknownStack";

export const view = command({
  name: "view",
  summary: "serves a page that shows the current state of the environment, on this machine only",
  details:
    "The page shows weights, traffic of the last minute by version, mutual TLS, the certificate, pods, the last rollout and the last mesh test. It reads every two seconds, and changes nothing. A part that cannot be read is shown as unknown, with the reason. The address has a random path, so that other users of this machine cannot open the page. Ctrl-C ends it.",
  options: { port: integer("N", [0, 65_535], 0, "", "port on 127.0.0.1; 0 is any that is free") },
  tools: () => ["pulumi"],
  before: refuseUnknownStack,
  run: async ({ stack, options, say }) => (await import("../../commands/view/view")).view(stack, options.port, say),
});
