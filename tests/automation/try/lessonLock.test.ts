import assert from "node:assert/strict";
import { rm } from "node:fs/promises";
import path from "node:path";
import { lesson } from "../../../automation/commands/try/lesson";
import { removeTries } from "../../../automation/commands/try/try";
import { rolloutsFolder } from "../../../automation/stack/routeLock";
import { Lock } from "../../../host/lock";

const stack = "lesson-lock-test";

describe("the mistakes of the lesson", () => {
  after(() => rm(path.join(rolloutsFolder, "..", "trials", stack), { recursive: true, force: true }));

  for (const [work, file] of [
    ["a rollout", `${stack}.lock`],
    ["an upgrade", `${stack}.upgrade.lock`],
  ] as const)
    it(`are not made during ${work}, which would measure them, and nothing of a run is removed then`, async () => {
      const lock = await Lock.acquire(path.join(rolloutsFolder, file));
      try {
        const refused = { message: new RegExp(`^${work} of stack ${stack} is under way`), exitCode: 4 };
        await assert.rejects(
          lesson(stack, () => {}),
          refused,
        );
        await assert.rejects(
          removeTries(stack, () => {}),
          refused,
        );
      } finally {
        await lock.release();
      }
    });
});
