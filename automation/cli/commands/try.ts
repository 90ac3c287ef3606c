import { command } from "../command";
import { flag, text } from "../option";
import { refuseUnknownStack } from "../unknownStack";

export const tryFolder = command({
  name: "try",
  summary:
    "tests your own mesh configuration: applies it, sends the requests of its *.test.yaml files, reports, and removes it",
  details: "[Test your own mesh configuration](try.md) has the format of the test files.",
  options: {
    keep: flag("leaves everything in the cluster, so that you can look at it; the next run updates it"),
    remove: flag("removes the leftovers of a run with --keep, and sends no request"),
    against: text("REVISION", "runs the same cases on the files of another git revision first, and compares"),
  },
  files: "FOLDER|FILE|- ...",
  unused: { "--remove": ["keep", "against", "files"] },
  examples: [["examples/mesh/canary", "tries one of the examples"]],
  tools: () => ["pulumi"],
  before: refuseUnknownStack,
  run: async ({ stack, files, options, say }) => {
    const commands = await import("../../commands/try/try");
    if (options.remove) return commands.removeTries(stack, say);
    const report = await commands.tryFiles(stack, { files, keep: options.keep, against: options.against }, say);
    return commands.refuseResults(report.results);
  },
});
