import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { type CommandFailed, run } from "../../host/process";

const missing: readonly (readonly [what: string, call: string, said: string])[] = [
  [
    "of the program",
    'require("./host/process.ts").run("no-such-command", []).catch((error) => console.log(error.message));',
    "no-such-command: no-such-command is not installed",
  ],
  [
    "of the doctor",
    'import("./machine/command.mjs").then(({ ask }) => ask("no-such-command", [], { milliseconds: 60000 })).then(({ code }) => console.log(code));',
    "missing",
  ],
];

describe("a command that is run", () => {
  it("gives what it says, and where it fails the reason", async () => {
    assert.equal(await run("cat", [], { input: "in" }), "in");
    await assert.rejects(run("sh", ["-c", "echo why >&2; exit 3"]), { message: "sh -c echo why >&2; exit 3: why" });
  });

  it("says in plain text what it said in colours", async () => {
    const script = 'printf "\\033[31mERRO\\033[0m why" >&2; exit 1';
    await assert.rejects(run("sh", ["-c", script]), ({ reason }: CommandFailed) => reason === "ERRO why");
  });

  it("is ended after its time", async () => {
    await assert.rejects(run("sleep", ["30"], { seconds: 0.1 }), { message: /^sleep 30: ended by SIGKILL after/ });
  });

  for (const [what, call, said] of missing)
    it(`${what} does not keep its process waiting where it is missing`, async () => {
      // of the sixty seconds that the command would have got
      const options = { timeout: 15_000 };
      const args = ["--import", "tsx", "--eval", call];
      const { stdout } = await promisify(execFile)(process.execPath, args, options);
      assert.equal(stdout, `${said}\n`);
    });
});
