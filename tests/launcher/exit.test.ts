import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import path from "node:path";
import { pathToFileURL } from "node:url";

const module = pathToFileURL(path.join(process.cwd(), "launcher", "exit.mjs")).href;

/** Runs a command, given as the source of its promise, in a process of its own. */
function ended(command: string): { status: number | null; errors: string } {
  const source = `import { exitWith } from ${JSON.stringify(module)}; exitWith(${command}, 4);`;
  const { status, stderr } = spawnSync(process.execPath, ["--input-type=module", "--eval", source], {
    encoding: "utf8",
  });
  return { status, errors: stderr };
}

describe("the exit status of a command", () => {
  it("is the one that the command resolves with", () => {
    assert.deepEqual(ended("Promise.resolve(0)"), { status: 0, errors: "" });
    assert.deepEqual(ended("Promise.resolve(3)"), { status: 3, errors: "" });
  });

  it("is 4 when the command rejects, with the message on standard error", () => {
    assert.deepEqual(ended('Promise.reject(new Error("no Docker"))'), { status: 4, errors: "no Docker\n" });
  });

  it("is 1 when the process ends while the command still waits", () => {
    assert.deepEqual(ended("new Promise(() => {})"), {
      status: 1,
      errors: "the command ended before it was done; run it again\n",
    });
  });
});
