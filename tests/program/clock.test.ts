import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import path from "node:path";

/** Files that compare with the times in logs of the gateway, or issue tokens. */
const timesOfLogs = ["logs", "measure", "run", "tokens"].map((name) => `automation/commands/try/${name}.ts`);

/** Files that need the time of day: tokens, the age of a namespace, the age of a file. */
const timeOfDay = [
  "automation/stack/issueToken.ts",
  "automation/commands/verify/context.ts",
  "host/lockFile.ts",
  "host/privateFolder.ts",
  ...timesOfLogs,
];

describe("a deadline", () => {
  it("is measured by the monotonic clock", () => {
    const files = ["automation", "host", "k3d", "charts"].flatMap((folder) =>
      readdirSync(folder, { recursive: true, encoding: "utf8" }).map((file) => path.posix.join(folder, file)),
    );
    const wallClock = files.filter((file) => file.endsWith(".ts") && /Date\.now\(/.test(readFileSync(file, "utf8")));
    assert.deepEqual(
      wallClock.filter((file) => !timeOfDay.includes(file)),
      [],
    );
  });
});
