import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { parse } from "yaml";
import { engines, scripts } from "../../package.json";

interface Step {
  readonly name?: string;
  readonly run?: string;
  readonly uses?: string;
  readonly if?: string;
  readonly with?: Readonly<Record<string, unknown>>;
}
type Permissions = Readonly<Record<string, string>>;
interface Job {
  readonly steps: readonly Step[];
  readonly "timeout-minutes"?: number;
  readonly permissions?: Permissions;
  readonly strategy?: { readonly matrix: { readonly node: readonly (string | number)[] } };
}
interface Workflow {
  readonly permissions: Permissions;
  readonly jobs: Readonly<Record<string, Job>>;
}

const { jobs, permissions } = parse(readFileSync(".github/workflows/environment.yml", "utf8")) as Workflow;
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

  it("tests the oldest version of Node that the package allows", () => {
    assert.equal(`>=${jobs["test"]?.strategy?.matrix.node[0]}`, engines.node);
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
      ({ run, uses, with: given }) =>
        run?.includes("destroy") || (uses?.includes("upload-artifact") && given?.["name"] === "report"),
    );
    assert.deepEqual(
      ends?.map(({ if: when }) => when),
      ["always()", "always()"],
    );
  });

  it("uses only its own stack, and has a timeout", () => {
    const called = runs.flatMap((text) => text.split("\n")).filter((line) => /npm (start|run)/.test(line));
    assert.ok(called.length >= 4);
    for (const line of called) assert.match(line, /--stack "\$STACK"/, line);
    for (const job of Object.values(jobs)) assert.ok((job["timeout-minutes"] ?? 999) <= 60);
  });

  it("pins every action by the digest of a commit, with its version beside it", () => {
    const workflows = readdirSync(".github/workflows").map((file) => readFileSync(`.github/workflows/${file}`, "utf8"));
    const uses = workflows
      .join("\n")
      .split("\n")
      .filter((line) => /^\s*(- )?uses: (?!\.\/)/.test(line));
    assert.ok(uses.length >= 6);
    for (const line of uses) assert.match(line, /uses: [\w-]+\/[\w-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+$/);
  });

  it("runs the code of a pull request only in jobs whose token cannot write", () => {
    assert.deepEqual(permissions, { contents: "read" });
    for (const [name, job] of Object.entries(jobs)) {
      const checkouts = job.steps.filter(({ uses }) => uses?.startsWith("actions/checkout@"));
      for (const { with: given } of checkouts) assert.equal(given?.["persist-credentials"], false, name);
      if (checkouts.length > 0) assert.equal(job.permissions, undefined, name);
    }
    assert.deepEqual(jobs["comment"]?.permissions, { "pull-requests": "write" });
    const code = jobs["comment"]?.steps.map(({ run = "" }) => run).join() ?? "";
    assert.doesNotMatch(code, /npm|node|checkout/);
  });

  it("keeps a diff inside its block, whatever it has in it", () => {
    const preview = runs[where("preview --diff")] ?? "";
    assert.match(preview, /sed 's\/~~~\/~ ~ ~\/g'/);
  });
});
