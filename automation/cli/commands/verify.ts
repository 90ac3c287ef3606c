import { refuseUnknownStack } from "../before";
import { command } from "../command";
import { flag } from "../option";

export const verify = command({
  name: "verify",
  summary: "checks each step of the lesson against the running environment",
  details:
    "It works with every configuration. It creates its pods in a namespace of its own, and removes that namespace. If a check cannot run, it reports that and exits with 3. It writes to `report/`: `verify.json`, `verify.xml` (JUnit), `lesson.md` (the [lesson](lesson.md) with your addresses and results) and `environment.html`, a page with every check and a picture of the environment. `environment.svg` is that picture alone. `--lesson` writes `report/lesson.json`.\n\n" +
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
  options: {
    lesson: flag("makes nine common mistakes one at a time, and shows the symptom, the cause and the fix of each"),
  },
  tools: () => ["pulumi"],
  before: refuseUnknownStack,
  run: async ({ stack, options, say }) => {
    if (options.lesson) return (await import("../../commands/try/lesson")).lesson(stack, say);
    const commands = await import("../../commands/verify/verify");
    return commands.refuseFindings(await commands.verify(stack, say));
  },
});
