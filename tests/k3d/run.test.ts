import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { promisify } from "node:util";
import { type CommandFailed, capture } from "../../host/process";
import { poll } from "../../host/wait";

function processExists(pid: number): boolean {
  try {
    process.kill(pid, 0);
  } catch {
    return false;
  }
  // a process that has ended is a zombie until its parent has looked
  const stat = `/proc/${pid}/stat`;
  return !existsSync(stat) || !/\) Z /.test(readFileSync(stat, "utf8"));
}

const missing: readonly (readonly [what: string, call: string, said: string])[] = [
  [
    "of the program",
    'require("./host/process.ts").capture("no-such-command", []).catch((error) => console.log(error.message));',
    "no-such-command: no-such-command is not installed",
  ],
  [
    "of the launcher",
    'import("./launcher/process.mjs").then(({ capture }) => capture("no-such-command", [], 60000)).then(({ code }) => console.log(code));',
    "missing",
  ],
];

describe("a command that is run", () => {
  it("returns its output, and its reason when it fails", async () => {
    assert.equal(await capture("cat", [], { input: "in" }), "in");
    await assert.rejects(capture("sh", ["-c", "echo why >&2; exit 3"]), { message: "sh -c echo why >&2; exit 3: why" });
  });

  it("returns its coloured output as plain text", async () => {
    const script = 'printf "\\033[31mERRO\\033[0m why" >&2; exit 1';
    await assert.rejects(capture("sh", ["-c", script]), ({ reason }: CommandFailed) => reason === "ERRO why");
  });

  it("is ended after its time", async () => {
    await assert.rejects(capture("sleep", ["30"], { seconds: 0.1 }), { message: /^sleep 30: ended by SIGKILL after/ });
  });

  it("is killed together with a child that keeps its output open", async () => {
    const seconds = 0.3;
    const begun = performance.now();
    await assert.rejects(capture("sh", ["-c", "sleep 30; echo late"], { seconds }), {
      message: /ended by SIGKILL after 0.3 s$/,
    });
    assert.ok(performance.now() - begun < 10_000);
  });

  it("ends with the process that runs it", async () => {
    const file = path.join(mkdtempSync(path.join(tmpdir(), "run-")), "pid");
    const child = `echo $$ > ${file}.part; mv ${file}.part ${file}; exec sleep 30`;
    const script = `require("./host/process.ts").capture("sh", ["-c", ${JSON.stringify(child)}]);
      setInterval(() => require("node:fs").existsSync(${JSON.stringify(file)}) && process.kill(process.pid, "SIGTERM"), 20);`;
    const { signal } = (await promisify(execFile)(process.execPath, ["--import", "tsx", "--eval", script]).catch(
      (error: { signal: string }) => error,
    )) as { signal: string };
    assert.equal(signal, "SIGTERM");
    const pid = Number(readFileSync(file, "utf8"));
    const ended = await poll(
      10,
      async () => processExists(pid),
      (exists) => !exists,
    );
    assert.equal(ended, false);
  });

  for (const [what, call, said] of missing)
    it(`${what} does not keep its process waiting if it is missing`, async () => {
      // of the sixty seconds that the command would have got
      const options = { timeout: 15_000 };
      const args = ["--import", "tsx", "--eval", call];
      const { stdout } = await promisify(execFile)(process.execPath, args, options);
      assert.equal(stdout, `${said}\n`);
    });
});
