import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import { derivations, exampleRun } from "../support/examples";
import { assertGolden, difference, sections, wholeText } from "../support/golden";
import type { Run } from "../support/program";

const golden = (name: string) => path.join(__dirname, "golden", name);

describe("the whole program under mocks", () => {
  it("registers the resources of golden/default.yaml without any configuration", async () =>
    assertGolden(golden("default.yaml"), wholeText(sections(await exampleRun("default")))));

  for (const [name, { base, changes }] of Object.entries(derivations))
    it(`differs from ${base} by golden/${name}.diff with ${Object.keys(changes).join(", ")}`, async () => {
      const [before, after] = [sections(await exampleRun(base)), sections(await exampleRun(name))];
      assertGolden(golden(`${name}.diff`), `from ${base}\n\n${difference(before, after)}`);
    });
});

describe("the goldens", () => {
  it("have fewer than 4,000 lines, so that a reviewer can read them", () => {
    const tests = path.join(__dirname, "..");
    const isGolden = (name: string) => path.basename(path.dirname(name)) === "golden";
    const files = readdirSync(tests, { recursive: true, encoding: "utf8" })
      .filter(isGolden)
      .map((name) => path.join(tests, name));
    assert.ok(files.length > 20, `only ${files.length} goldens were found`);
    const lines = files.reduce((sum, file) => sum + readFileSync(file, "utf8").split("\n").length - 1, 0);
    assert.ok(lines < 4000, `${lines} lines; let an example build on one that is more like it`);
  });
});

describe("the difference between two runs", () => {
  const run = (...resources: readonly object[]) => sections({ resources: resources as Run["resources"], outputs: {} });

  it("names removed resources, shows added ones whole and changed fields under their path", () => {
    const before = run({ type: "t", name: "a", inputs: { spec: { weight: 100 } } }, { type: "t", name: "b" });
    const after = run(
      { type: "t", name: "a", inputs: { spec: { weight: 75 } } },
      { type: "t", name: "c", parent: "p" },
    );
    assert.equal(
      difference(before, after),
      "changed t a\n@@ inputs.spec\n-    weight: 100\n+    weight: 75\n\nremoved t b\n\nadded t c\n+parent: p\n",
    );
  });

  it("opens a string that is JSON, so that one changed value is one changed line", () => {
    const environment = (agents: number) => ({ type: "t", name: "a", CLUSTER: JSON.stringify({ agents, port: 80 }) });
    assert.equal(
      difference(run(environment(1)), run(environment(2))),
      "changed t a\n@@ CLUSTER.JSON\n-    agents: 1\n+    agents: 2\n",
    );
  });

  it("shows a short list of names on one line, and leaves out the kind that the title shows", () => {
    const service = (after: readonly string[], apiVersion: string) =>
      run({ type: "kubernetes:core/v1:Service", name: "a", inputs: { apiVersion, kind: "Service" }, after });
    const title = "kubernetes:core/v1:Service a";
    assert.equal(
      difference(service(["b"], "v1"), service(["b", "c"], "v1")),
      `changed ${title}\n-after: [b]\n+after: [b, c]\n`,
    );
    assert.match(difference({}, service(["b"], "v2")), /apiVersion: v2/);
  });

  it("is empty between equal runs", () => assert.equal(difference(run({ type: "t" }), run({ type: "t" })), ""));
});
