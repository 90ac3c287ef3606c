import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";

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
