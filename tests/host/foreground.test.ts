import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { runInForeground } from "../../host/foreground";
import { poll } from "../../host/wait";

const isRunning = (pid: number): boolean => {
  const stat = `/proc/${pid}/stat`;
  try {
    process.kill(pid, 0);
  } catch {
    return false;
  }
  // a process that has ended is a zombie until its parent has looked
  return !existsSync(stat) || !/\) Z /.test(readFileSync(stat, "utf8"));
};

describe("a program in the foreground", () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(path.join(tmpdir(), "foreground-"));
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  it("returns its exit status, and 128 plus the signal that ended it", async () => {
    assert.equal(await runInForeground("sh", ["-c", "exit 7"]), 7);
    assert.equal(await runInForeground("sh", ["-c", "kill -TERM $$"]), 143);
    await assert.rejects(runInForeground("no-such-command", []), { code: "ENOENT" });
  });

  for (const signal of ["SIGTERM", "SIGINT", "SIGHUP"] as const)
    it(`ends with everything that it started when its caller gets ${signal}`, async () => {
      const file = path.join(folder, "pid");
      const program = `sleep 30 & echo $! > ${file}; wait`;
      const call = `require("./host/foreground.ts").runInForeground("sh", ["-c", ${JSON.stringify(program)}])`;
      const caller = spawn(process.execPath, ["--import", "tsx", "--eval", call], {
        stdio: ["ignore", "inherit", "inherit"],
      });
      const text = await poll(
        20,
        async () => (existsSync(file) ? readFileSync(file, "utf8") : ""),
        (content) => content.endsWith("\n"),
      );
      caller.kill(signal);
      await once(caller, "close");
      const left = await poll(
        10,
        async () => isRunning(Number(text)),
        (running) => !running,
      );
      assert.equal(left, false);
    });
});
