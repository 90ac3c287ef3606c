import { type MochaOptions, type Runner, reporters } from "mocha";

/** Prints each failure when it happens, so that a run that is ended by a time limit has told what failed before. */
export default class FailuresAtOnce extends reporters.Spec {
  constructor(runner: Runner, options: MochaOptions) {
    super(runner, options);
    runner.on("fail", (test, error: Error) => console.log(`${test.fullTitle()}:\n${error.stack ?? error.message}`));
  }
}
