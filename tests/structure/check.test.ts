import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { readdirSync } from "node:fs";

describe("npm test", () => {
  it("runs every file of tests: each is in a folder", () => {
    assert.deepEqual(
      readdirSync("tests").filter((name) => name.endsWith(".test.ts")),
      [],
    );
  });
});

describe("npm run check", function () {
  this.timeout(540_000);

  it("finds nothing by the linter and the type checker", async () => {
    const started = spawn("npm", ["run", "--silent", "check"], { stdio: ["ignore", "pipe", "pipe"] });
    let output = "";
    for (const stream of [started.stdout, started.stderr]) stream.on("data", (text) => (output += text));
    const [code] = await once(started, "close");
    assert.equal(code, 0, output);
  });
});
