import assert from "node:assert/strict";
import { requireDone, type WorkEnds } from "../../automation/cli/stepCommand";

const ends: WorkEnds<"promoted" | "paused" | "rolled back" | "not rolled back"> = {
  exits: { promoted: 0, paused: 3, "rolled back": 1, "not rolled back": 5 },
  aborted: ["rolled back"],
};

describe("a command that works in steps", () => {
  it("succeeds when the work is done, and when abort has undone it", () => {
    assert.doesNotThrow(() => requireDone("rollout", ends, "start", "promoted"));
    assert.doesNotThrow(() => requireDone("rollout", ends, "abort", "rolled back"));
  });

  it("fails with the exit code of any other end", () => {
    assert.throws(() => requireDone("rollout", ends, "start", "rolled back"), {
      message: "the rollout was rolled back",
      exitCode: 1,
    });
    assert.throws(() => requireDone("rollout", ends, "abort", "paused"), {
      message: "the rollout was paused",
      exitCode: 3,
    });
    assert.throws(() => requireDone("rollout", ends, "abort", "not rolled back"), {
      message: "the rollout was NOT rolled back; fix: npm run rollout -- abort, which tries it again",
      exitCode: 5,
    });
  });
});
