import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { parse } from "yaml";
import { scripts } from "../../package.json";

interface Step {
  readonly name?: string;
  readonly run?: string;
  readonly uses?: string;
  readonly if?: string;
}
interface Workflow {
  readonly jobs: Readonly<Record<string, { readonly steps: readonly Step[]; readonly "timeout-minutes"?: number }>>;
}

const { jobs } = parse(readFileSync(".github/workflows/environment.yml", "utf8")) as Workflow;
const steps = Object.values(jobs).flatMap((job) => job.steps);
const runs = jobs["environment"]?.steps.map(({ run = "" }) => run) ?? [];
const where = (command: string) => runs.findIndex((run) => run.includes(command));

describe("the workflow for pull requests", () => {
  it("runs only commands that the project has", () => {
    const called = steps.flatMap(({ run = "" }) =>
      [...run.matchAll(/npm run (?:--silent )?(\w+)/g)].map(([, name]) => name),
    );
    assert.ok(called.length >= 4);
    for (const name of called) assert.ok(name && Object.hasOwn(scripts, name), name);
  });

  it("previews the change over the base, then brings it up, verifies, rolls out and destroys", () => {
    const order = [
      "base.sha",
      "preview --diff --policy-pack policy",
      "npm run verify",
      "npm run rollout",
      "npm run destroy",
    ].map(where);
    assert.deepEqual(
      order,
      [...order].sort((a, b) => a - b),
    );
    assert.ok(!order.includes(-1), String(order));
  });

  it("removes the environment and keeps the report however the steps before ended", () => {
    const ends = jobs["environment"]?.steps.filter(
      ({ run, uses }) => run?.includes("destroy") || uses?.includes("upload"),
    );
    assert.deepEqual(
      ends?.map(({ if: when }) => when),
      ["always()", "always()"],
    );
  });

  it("touches no stack but its own, and ends by itself", () => {
    for (const run of runs.flatMap((text) => text.split("\n")))
      if (/npm (start|run)/.test(run)) assert.match(run, /--stack "\$STACK"/, run);
    for (const job of Object.values(jobs)) assert.ok((job["timeout-minutes"] ?? 999) <= 60);
  });
});
