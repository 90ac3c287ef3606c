import assert from "node:assert/strict";
import { commands } from "../../automation/cli/table";

describe("the options of every command", () => {
  it("are all used: an option that a command reads nowhere would be accepted without an effect", () => {
    for (const { name, options, run, passesOn } of commands) {
      const source = run.toString();
      // the files of tests/ parse the whole command line again
      if (passesOn || source.includes("runFile(")) continue;
      // rolloutOptions() reads the options of a rollout
      const isRead = (option: string) =>
        name === "rollout" || source.includes(`options.${option}`) || new RegExp(`\\b${option}\\b`).test(source);
      const passedWhole = /\(stack,\s*options,/.test(source);
      assert.deepEqual(
        Object.keys(options).filter((option) => !passedWhole && !isRead(option)),
        [],
        name,
      );
    }
  });
});
