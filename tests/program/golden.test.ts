import assert from "node:assert/strict";
import path from "node:path";
import { exampleRun, examples } from "../support/examples";
import { assertGolden, difference, sections, wholeText } from "../support/golden";
import type { Run } from "../support/program";

const golden = (name: string) => path.join(__dirname, "golden", name);

describe("the whole program under mocks", () => {
  it("registers the resources of golden/default.yaml without any configuration", async () =>
    assertGolden(golden("default.yaml"), wholeText(sections(await exampleRun("default")))));

  for (const [name, config] of Object.entries(examples).filter(([name]) => name !== "default"))
    it(`differs from the defaults by golden/${name}.diff with ${Object.keys(config).join(", ")}`, async () => {
      const [base, run] = [await exampleRun("default"), await exampleRun(name)];
      assertGolden(golden(`${name}.diff`), difference(sections(base), sections(run)));
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

  it("is empty between equal runs", () => assert.equal(difference(run({ type: "t" }), run({ type: "t" })), ""));
});
