import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { comparisons } from "../bench/comparisons";
import { criticalPath } from "../bench/criticalPath";
import { memorySection, peaks, watchMemory } from "../bench/memory";
import { benchPage, meshSection, withMeshSection } from "../bench/page";
import { benchSvg, benchTable, type Comparison, type Measured, median, missedGoals, result } from "../bench/table";

const up: Measured = {
  name: "up",
  against: "a script",
  goal: 0.7,
  ours: [30, 33, 31],
  reference: [60, 50, 62],
};
const change: Measured = { name: "weight", against: "kubectl", unit: "beyond", goal: 3, ours: [5], reference: [1] };
const shown: Measured = { name: "caches", against: "none", ours: [4], reference: [5] };
const alone: Measured = { name: "upgrade", unit: "seconds", goal: 200, ours: [180], reference: [] };

describe("a benchmark", () => {
  it("is judged by the middle of its pairs, and shows how far they lie apart", () => {
    assert.equal(median([3, 1, 2]), 2);
    assert.equal(median([4, 1, 2, 3]), 2.5);
    const { middle, low, high, met } = result(up);
    assert.deepEqual([middle, low, high, met], [0.5, 0.5, 0.66, true]);
    assert.equal(result(change).met, false);
  });

  it("stands in a table", () => {
    assert.equal(
      benchTable([up, change, shown, alone]),
      [
        "| what | against | takes | other takes | middle (spread) | goal | met |",
        "| --- | --- | --- | --- | --- | --- | --- |",
        "| up | a script | 31.0 s | 60.0 s | 0.50 (0.50 to 0.66) | ≤ 0.70 | yes |",
        "| weight | kubectl | 5.0 s | 1.0 s | +4.0 s | ≤ +3.0 s | NO |",
        "| caches | none | 4.0 s | 5.0 s | 0.80 | none |  |",
        "| upgrade |  | 180.0 s |  | 180.0 s | ≤ 200.0 s | yes |",
      ].join("\n"),
    );
  });

  it("says of each missed goal why", () => {
    assert.deepEqual(missedGoals([up, { ...change, limit: "a program has to start" }, shown, alone]), [
      "- weight / kubectl: a program has to start",
    ]);
    assert.ok(
      benchPage([], [{ ...change, limit: "a program has to start" }]).includes("and why:\n\n- weight / kubectl"),
    );
    for (const { name, goal, limit } of Object.values<Comparison>(comparisons))
      assert.equal(limit === undefined, goal === undefined, name);
  });

  it("is drawn with its goal, if it is a multiple", () => {
    const svg = benchSvg([up, change, shown, alone]);
    assert.match(svg, /up \/ a script/);
    assert.equal(svg.match(/#0b61a4/g)?.length, 1);
    assert.match(svg, /<title>/);
    assert.doesNotMatch(svg, /kubectl|upgrade|NaN/);
  });
});

describe("the page of a benchmark", () => {
  const section = (mebibytes: number) =>
    meshSection(["made today"], [up], [{ standInsAndCallers: mebibytes, sidecars: 100 }]);
  const page = benchPage(["made before"], [change]);

  it("keeps what it says of the environment when mesh tests are measured alone", () => {
    const twice = withMeshSection(withMeshSection(page, section(40)), section(50));
    assert.ok(twice.startsWith(page.trimEnd()));
    assert.equal(twice.match(/## Mesh tests/g)?.length, 1);
    assert.match(twice, /take 50 MiB together \(goal: at most 300 MiB\), and their sidecars 100 MiB/);
  });

  it("is a new page with the section if there is no page yet", () => {
    assert.equal(withMeshSection("", section(40)), section(40));
  });
});

describe("the memory of a command", () => {
  it("is that of all its processes together, at its highest", async () => {
    // a parent with a child that has 100 MiB for a while
    const child = "const filled = Buffer.alloc(100 * 2 ** 20, 1); setTimeout(() => filled.length, 1000)";
    const parent = `require("node:child_process").spawnSync(process.execPath, ["-e", ${JSON.stringify(child)}])`;
    const started = spawn(process.execPath, ["-e", parent]);
    const end = watchMemory(started.pid, "npm start");
    await once(started, "close");
    end();
    const text = memorySection(peaks).join("\n");
    if (process.platform !== "linux") return assert.equal(text, "");
    const mebibytes = Number(/^\| `npm start` \| (\d+) MiB \|$/m.exec(text)?.[1]);
    assert.ok(mebibytes > 120 && mebibytes < 500, text);
    assert.ok(benchPage([], [], peaks).includes(text));
  });
});

describe("the critical path", () => {
  it("is the slowest chain, not the one with most steps", () => {
    const step = (name: string, seconds: number, ...after: string[]) => ({ name, seconds, after });
    const steps = [step("d", 1, "c"), step("a", 1), step("b", 10, "a"), step("c", 1, "a"), step("e", 1, "d", "gone")];
    assert.deepEqual(criticalPath(steps), { seconds: 11, names: ["a", "b"] });
    assert.deepEqual(criticalPath([]), { seconds: 0, names: [] });
  });
});
