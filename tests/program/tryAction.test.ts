import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { parse } from "yaml";
import { commands } from "../../automation/cli/table";

interface Step {
  readonly run?: string;
  readonly uses?: string;
  readonly if?: string;
  readonly env?: Readonly<Record<string, string>>;
}

const read = (file: string): string => readFileSync(file, "utf8");
const action = parse(read("action.yml")) as { runs: { steps: readonly Step[] } };
const workflow = parse(read(".github/workflows/try.yml")) as {
  jobs: Record<string, { steps: readonly Step[]; permissions: object; "timeout-minutes": number }>;
};

describe("the action for other repositories", () => {
  const runs = action.runs.steps.map(({ run = "" }) => run);

  it("brings an environment up, tries the folder, and removes the environment however the test ended", () => {
    const order = runs.flatMap((run) => [...run.matchAll(/start\.cjs" (\w+)/g)].map(([, name]) => name));
    assert.deepEqual(order, ["up", "try", "destroy"]);
    for (const name of order)
      assert.ok(
        commands.some((command) => command.name === name),
        name,
      );
    assert.equal(action.runs.steps.at(-1)?.if, "always()");
  });

  it("passes no input to a shell as text", () => {
    const all = [...action.runs.steps, ...Object.values(workflow.jobs).flatMap(({ steps }) => steps)];
    const scripts = all.flatMap(({ run }) => run ?? []);
    assert.ok(scripts.length > 0);
    for (const script of scripts) assert.doesNotMatch(script, /\$\{\{/);
  });

  it("pins every action by the digest of a commit", () => {
    for (const file of ["action.yml", ".github/workflows/try.yml"]) {
      const uses = read(file)
        .split("\n")
        .filter((line) => /uses: actions\//.test(line));
      assert.ok(uses.length > 0, file);
      for (const line of uses) assert.match(line, /@[0-9a-f]{40} # v\d+\.\d+\.\d+$/);
    }
  });

  it("runs the files of a pull request in a job whose token cannot write", () => {
    assert.deepEqual(workflow.jobs["try"]?.permissions, { contents: "read" });
    const comment = workflow.jobs["comment"]?.steps ?? [];
    assert.ok(comment.every(({ uses = "" }) => !uses.includes("checkout")));
  });
});
