import assert from "node:assert/strict";
import { checkOptions, rolloutOptions } from "../../automation/commands/rollout/options";
import { readArguments } from "../../machine/arguments.mjs";

const read = (args: readonly string[]) => rolloutOptions(readArguments("rollout", args));

describe("the options of a rollout", () => {
  for (const [args, message] of [
    [["--source", "logs"], '--source = "logs" must be one of probes, gateway, prometheus'],
    [["--rate", "0"], '--rate = "0" must be an integer from 1 to 999, requests a second'],
    [["--rate", "fast"], '--rate = "fast" must be an integer from 1 to 999, requests a second'],
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

  it("measure by probes unless told otherwise", () => {
    const { action, source, steps } = checkOptions({});
    assert.deepEqual([action, source, steps], ["start", "probes", [5, 25, 50, 100]]);
    assert.deepEqual(read([]), checkOptions({}));
  });

  it("are the same from a command line and from a program", () => {
    const url = "http://127.0.0.1:9090";
    assert.deepEqual(
      read(["resume", "--steps", "10,100", "--rate", "50", "--source", "prometheus", "--prometheus", url]),
      checkOptions({ action: "resume", steps: [10, 100], rate: 50, source: "prometheus", prometheus: url }),
    );
    assert.throws(() => checkOptions({ steps: [50, 25] }), {
      message: /^--steps = "50,25" must be rising/,
      exitCode: 2,
    });
    assert.throws(() => checkOptions({ steps: [] }), { exitCode: 2 });
  });
});
