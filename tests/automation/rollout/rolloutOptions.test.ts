import assert from "node:assert/strict";
import { rollout, rolloutOptions } from "../../../automation/cli/commands/rollout";
import { parse } from "../../../automation/cli/parse";
import { checkOptions } from "../../../automation/commands/rollout/options";

const read = (args: readonly string[]) => checkOptions(rolloutOptions(parse(rollout, args)));

describe("the options of a rollout", () => {
  for (const [args, message] of [
    [["--source", "logs"], '--source = "logs" must be one of probes, gateway, prometheus'],
    [["--rate", "0"], '--rate = "0" must be an integer from 1 to 999, requests a second'],
    [["--rate", "fast"], '--rate = "fast" must be an integer from 1 to 999, requests a second'],
    [["--patience", "5"], '--patience = "5" must be an integer from 10 to 86400, seconds'],
    [["--warm-up", "a while"], '--warm-up = "a while" must be an integer from 0 to 3600, seconds'],
    [["resume", "--steps", "5,100"], /^--steps has no effect with resume: .*; fix: npm run rollout -- resume$/],
    [["abort", "--rate", "5"], "--rate has no effect with abort; fix: npm run rollout -- abort"],
    [["--on-interrupt", "die"], '--on-interrupt = "die" must be one of rollback, pause'],
    [
      ["--source", "prometheus", "--prometheus", "prometheus:9090"],
      /^--prometheus = "prometheus:9090" must be an http or https URL/,
    ],
    [["--prometheus", "http://127.0.0.1:9090"], /with --source prometheus and no other/],
    [["--source", "prometheus", "--prometheus", "http://a:b@c"], /without credentials/],
  ] as const)
    it(`refuse ${args.join(" ")}`, () => {
      assert.throws(() => read(args), { message, exitCode: 2 });
    });

  it("measure by probes by default", () => {
    const { action, source, steps } = checkOptions({});
    assert.deepEqual([action, source, steps], ["start", "probes", undefined]);
    assert.deepEqual(read([]), checkOptions({}));
  });

  it("are the same from a command line and from a program", () => {
    const url = "http://127.0.0.1:9090";
    assert.deepEqual(
      read(["start", "--steps", "10,100", "--patience", "50", "--source", "prometheus", "--prometheus", url]),
      checkOptions({ action: "start", steps: [10, 100], patience: 50, source: "prometheus", prometheus: url }),
    );
    assert.throws(() => checkOptions({ steps: [50, 25] }), {
      message: /^--steps = "50,25" must be rising/,
      exitCode: 2,
    });
    assert.throws(() => checkOptions({ steps: [] }), { exitCode: 2 });
  });
});
