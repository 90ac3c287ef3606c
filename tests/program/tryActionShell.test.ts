import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { parse } from "yaml";

interface Step {
  readonly name?: string;
  readonly run?: string;
}
const stepsOf = (file: string, ...keys: string[]): readonly Step[] =>
  keys.reduce((value, key) => (value as Record<string, never>)[key] as never, parse(readFileSync(file, "utf8")));
const actionSteps = stepsOf("action.yml", "runs", "steps");

/** This project as the action has it: the launcher writes down its arguments, and does what a script says. */
const launcher = `const { appendFileSync, mkdirSync, writeFileSync } = require("node:fs");
const [command, ...args] = process.argv.slice(2);
appendFileSync(process.env.CALLS, JSON.stringify([command, ...args]) + "\\n");
if (command === "try") {
  process.chdir(process.env.GITHUB_ACTION_PATH);
  mkdirSync("report", { recursive: true });
  console.log(process.env.PRINTS ?? "1 cases: 1 pass");
  if (process.env.TABLE) writeFileSync("report/try.md", process.env.TABLE);
  process.exit(Number(process.env.STATUS ?? 0));
}`;

describe("the shell of the action for other repositories", () => {
  let folder = "";
  const at = (...parts: string[]) => path.join(folder, ...parts);
  const text = (...parts: string[]) => readFileSync(at(...parts), "utf8");

  beforeEach(() => {
    folder = mkdtempSync(path.join(tmpdir(), "action-"));
    for (const one of ["project/launcher", "their repository/mesh tests"]) mkdirSync(at(one), { recursive: true });
    writeFileSync(at("project/launcher/start.cjs"), launcher);
    writeFileSync(at("calls"), "");
    writeFileSync(at("summary"), "");
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  /** Runs steps as a runner does for \`shell: bash\`, one after the other, and returns the status of each. */
  const run = (steps: readonly Step[], env: NodeJS.ProcessEnv = {}) =>
    steps
      .filter((step) => step.run !== undefined)
      .map(({ run: script = "" }) => {
        const args = ["--noprofile", "--norc", "-eo", "pipefail", "-c", script];
        const cwd = at("their repository");
        const { status, stderr } = spawnSync("bash", args, {
          cwd,
          encoding: "utf8",
          env: {
            ...process.env,
            CALLS: at("calls"),
            GITHUB_ACTION_PATH: at("project"),
            GITHUB_WORKSPACE: cwd,
            GITHUB_STEP_SUMMARY: at("summary"),
            FOLDER: "mesh tests",
            AGAINST: "",
            ...env,
          },
        });
        assert.equal(stderr, "");
        return status;
      });
  const calls = () =>
    text("calls")
      .trim()
      .split("\n")
      .map((line) => JSON.parse(line) as string[]);

  it("brings up, tries the user's folder on base and head, and destroys", () => {
    assert.deepEqual(run(actionSteps, { AGAINST: "abc123", TABLE: "| changes |\n" }), [0, 0, 0]);
    assert.deepEqual(calls(), [
      ["up", "--stack", "try"],
      ["try", "--stack", "try", at("their repository", "mesh tests"), "--against", "abc123"],
      ["destroy", "--stack", "try"],
    ]);
    assert.equal(text("summary"), "| changes |\n");
    assert.equal(text("project/report/try.txt"), "1 cases: 1 pass\n");
  });

  it("names the user's files as their repository does", () => {
    const prints = `${at("their repository", "mesh tests", "bad.yaml")}:2: not YAML`;
    assert.deepEqual(run(actionSteps, { PRINTS: prints, STATUS: "2" }), [0, 2, 0]);
    assert.equal(text("project/report/try.txt"), "mesh tests/bad.yaml:2: not YAML\n");
    assert.doesNotMatch(text("summary"), new RegExp(folder));
  });

  it("makes no comparison outside of a pull request, and shows the output", () => {
    assert.deepEqual(run(actionSteps), [0, 0, 0]);
    assert.deepEqual(calls()[1], ["try", "--stack", "try", at("their repository", "mesh tests")]);
    assert.match(text("summary"), /^### Mesh tests\n~~~~~~~~\n1 cases: 1 pass\n~~~~~~~~\n$/);
  });

  it("ends as the test ended, with the table of a failure and with the message for wrong files", () => {
    assert.deepEqual(run(actionSteps, { STATUS: "1", TABLE: "| FAIL |\n" }), [0, 1, 0]);
    assert.equal(text("summary"), "| FAIL |\n");
    writeFileSync(at("summary"), "");
    assert.deepEqual(run(actionSteps, { STATUS: "2", PRINTS: "mesh.yaml:3: kind Gatway does not exist" }), [0, 2, 0]);
    assert.match(text("summary"), /mesh\.yaml:3: kind Gatway does not exist/);
  });
});
