import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { noDocker } from "./stubs";

describe("stand-ins for the programs of this machine", function () {
  this.timeout(60_000);

  it("leave no Docker to a test that failed and goes on", async () => {
    const folder = await mkdtemp(path.join(tmpdir(), "stubs-test-"));
    const file = path.join(folder, "late.test.ts");
    const stubs = path.resolve("tests/support/stubs.ts");
    await writeFile(
      file,
      `import { Stubs } from ${JSON.stringify(stubs)};
       const host = () => console.log("Docker at " + process.env["DOCKER_HOST"]);
       describe("late", () => {
         new Stubs();
         it("passes", () => {});
         it("is not done in time", () => new Promise(() => setImmediate(host))).timeout(100);
         after(host);
       });`,
    );
    const { DOCKER_HOST: _, ...env } = process.env;
    const args = ["node_modules/mocha/bin/mocha.js", "--no-config", "--node-option", "import=tsx", file];
    const output = await new Promise<string>((resolve) => {
      execFile(process.execPath, args, { env }, (_error, stdout) => resolve(stdout));
    });
    await rm(folder, { recursive: true });
    assert.deepEqual(output.match(/Docker at .*/g), ["Docker at undefined", `Docker at ${noDocker}`], output);
  });
});
