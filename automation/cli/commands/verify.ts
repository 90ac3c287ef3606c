import { refuseUnknownStack } from "../before";
import { command } from "../command";
import { flag } from "../option";

export const verify = command({
  name: "verify",
  summary: "replays what the environment should show, step by step, with what was observed",
  details:
    "It works with any weight and mode that is configured, and creates what it needs in a namespace of its own, which it removes. A check that could not be made is no success: it is counted, and the exit code is 3. It writes `report/verify.json`, `verify.xml` (JUnit), `lesson.md` (the [lesson](lesson.md) with your addresses and what was observed) and `environment.html`, one page with every check and a picture of the environment, which is also in `environment.svg`: addresses, nodes and certificate as observed, weights and mutual TLS as configured. `--lesson` writes `report/lesson.json`.\n\n" +
    [
      "```",
      "$ npm run verify",
      " 1  passed  every node is Ready                             2 of 2 nodes Ready",
      " 2  passed  the ingress gateway has an address of the pool  10.44.0.239, pool 10.44.0.239-10.44.0.254, output 10.44.0.239",
      " 9  failed  version 2 gets its share                        0 of 2000, 0.0 to 0.2 % with 95 % confidence, band 157 to 245; fix: npm run pulumi -- up --refresh --yes restores what was edited by hand",
      "more: docs/troubleshooting.md#rollouts",
      "",
      "17 passed, 1 failed, 0 could not be made",
      "```",
    ].join("\n"),
  options: { lesson: flag("makes the mistakes that everyone makes once, shows what each does, and puts it back") },
  tools: () => ["pulumi"],
  before: refuseUnknownStack,
  run: async ({ stack, options, say }) => {
    if (options.lesson) return (await import("../../commands/try/lesson")).lesson(stack, say);
    const commands = await import("../../commands/verify/verify");
    return commands.refuseFindings(await commands.verify(stack, say));
  },
});
