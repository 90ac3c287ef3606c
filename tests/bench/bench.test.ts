import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { element } from "../../model/output/markup";
import { comparisons } from "./comparisons";
import { criticalPath } from "./criticalPath";
import { memorySection, peaks, watchMemory } from "./memory";
import { clusterMoments } from "./moments";
import { benchPage, meshSection, withSection } from "./page";
import { svg } from "./svg";
import { benchSvg, benchTable, type Comparison, type Measured, median, missedGoals, result } from "./table";
import { timelineSection, watchProcessors } from "./timeline";

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
  it("draws a picture that names its size", () =>
    assert.match(svg(30, 20, element("g")), /^<svg xmlns="\S+" viewBox="0 0 30 20" .*>\n<g\/><\/svg>\n$/));

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

  it("gives the reason for each missed goal", () => {
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
    const picture = benchSvg([up, change, shown, alone]);
    assert.match(picture, /up \/ a script/);
    assert.equal(picture.match(/#0b61a4/g)?.length, 1);
    assert.match(picture, /<title>/);
    assert.doesNotMatch(picture, /kubectl|upgrade|NaN/);
  });
});

describe("the page of a benchmark", () => {
  const section = (mebibytes: number) =>
    meshSection(["made today"], [up], [{ standInsAndCallers: mebibytes, sidecars: 100 }]);
  const page = benchPage(["made before"], [change]);

  it("keeps what it says of the environment when mesh tests are measured alone", () => {
    const twice = withSection(withSection(page, section(40)), section(50));
    assert.ok(twice.startsWith(page.trimEnd()));
    assert.equal(twice.match(/## Mesh tests/g)?.length, 1);
    assert.match(twice, /take 50 MiB together \(goal: at most 300 MiB\), and their sidecars 100 MiB/);
  });

  it("is a new page with the section if there is no page yet", () => {
    assert.equal(withSection("", section(40)), section(40));
  });

  it("keeps the sections after the one that is measured anew", () => {
    const made = withSection(withSection(page, "## Timeline of an up\n\nfirst\n"), section(40));
    const again = withSection(made, "## Timeline of an up\n\nsecond\n");
    assert.equal(again, made.replace("\nfirst\n", "\nsecond\n"));
  });
});

describe("the timeline of an up", () => {
  const samples = [0.5, 1, 1.5, 2, 2.5].map((at, i) => ({ at, busy: i < 2 ? 1 : 0.5 }));

  it("shows when each longer step ran, how busy the processors were, and the longest chain", () => {
    const steps = [
      { name: "app", begins: 1.2, ends: 2.4 },
      { name: "nodes", begins: 0.2, ends: 1.3 },
      { name: "key", begins: 0.2, ends: 0.3 },
    ];
    const text = timelineSection(["made today"], { steps, samples, chain: ["nodes"], seconds: 2.5, moments: [] });
    assert.match(text, /Of 2\.5 s, the processors were busy 70 %\. The command needed 0\.2 s until its first step/);
    const rows = text.split("\n").filter((line) => line.endsWith("% |"));
    assert.deepEqual(rows, ["| **nodes** | 0.2 s | 1.3 s | 83 % |", "| app | 1.2 s | 2.4 s | 50 % |"]);
  });

  it("says that the load is unknown where nothing was sampled", () => {
    assert.match(timelineSection([], { steps: [], samples: [], chain: [], seconds: 1, moments: [] }), /busy unknown/);
  });

  it("shows when the API server answered and when each node was Ready, by the cluster's own times", async () => {
    const time = (second: number) => new Date(Date.UTC(2026, 0, 1, 0, 0, second)).toISOString();
    const node = (name: string, second: number) => ({
      metadata: { name, creationTimestamp: time(0) },
      status: {
        conditions: [
          { type: "DiskPressure", status: "False", lastTransitionTime: time(1) },
          { type: "Ready", status: "True", lastTransitionTime: time(second) },
        ],
      },
    });
    const answers: Readonly<Record<string, object>> = {
      "/api/v1/namespaces/kube-system": { metadata: { name: "kube-system", creationTimestamp: time(9) } },
      "/api/v1/nodes": { items: [node("agent", 14), node("server", 12)] },
    };
    const api = { get: async <T>(path: string) => answers[path] as T };
    const moments = await clusterMoments(api, Date.parse(time(2)));
    assert.match(
      timelineSection([], { steps: [], samples: [], chain: [], seconds: 1, moments }),
      /the API server answered after 7 s, server was Ready after 10 s, agent was Ready after 12 s\./,
    );
  });

  it("comes from the times of this machine's processors", async () => {
    const end = watchProcessors();
    const begun = performance.now();
    while (performance.now() - begun < 300);
    const [sample] = end();
    assert.ok(sample && sample.busy > 0 && sample.busy <= 1 && sample.at > 0.2);
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
