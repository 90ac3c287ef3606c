import { command } from "../command";
import { flag } from "../option";
import { refuseUnknownStack } from "../unknownStack";

export const verify = command({
  name: "verify",
  summary: "checks each step of the lesson against the running environment",
  details:
    "It works with every configuration. It creates its pods in a namespace of its own, and removes that namespace. If a check cannot run, it reports that and exits with 3. It writes to `report/`: `verify.json`, `verify.xml` (JUnit), `lesson.md` (the [lesson](lesson.md) with your addresses and results) and `environment.html`, a page with every check and a picture of the environment. `environment.svg` is that picture alone.\n\n" +
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
      "",
      "`--lesson` runs the folders of [examples/lesson](../examples/lesson) one after the other, as `npm run try` does, and compares what each request got with the lesson. Then it makes the mistakes of [examples/mistakes](../examples/mistakes), and mends them. A folder takes ten seconds, or a minute on a busy machine. After 40 minutes the command stops, removes what it applied, and lists the rest as not known. It writes `report/lesson.json`.",
      "",
      "```",
      "$ npm run verify -- --lesson",
      " 5  Bare name       FAIL  404                       reaches helloworld from outside the cluster",
      " 5  With namespace  pass  200 by lesson/helloworld  reaches helloworld from outside the cluster",
      "…",
      "11  Route of another namespace  left out  it needs routing = gateway-api",
      "…",
      "21 of 21 folders showed what the lesson shows",
      "",
      "1  address outside the pool",
      "…",
      "9 of 9 mistakes showed what they do",
      "```",
    ].join("\n"),
  options: {
    lesson: flag(
      "runs every folder of the lesson, then makes nine common mistakes, and shows the symptom, the cause and the fix of each",
    ),
  },
  tools: () => ["pulumi"],
  before: refuseUnknownStack,
  run: async ({ stack, options, say }) => {
    if (options.lesson) return (await import("../../commands/try/lesson")).lesson(stack, say);
    const commands = await import("../../commands/verify/verify");
    return commands.refuseFindings(await commands.verify(stack, say));
  },
});
