import assert from "node:assert/strict";
import fc from "fast-check";
import { parseSettings } from "../../model/settings/parse";
import { changes } from "./changes";
import { growth, quantities, type Sample } from "./growth";
import { mebibytes, podsMemory } from "./observe";
import { page } from "./page";
import { plan } from "./plan";
import { leftInTheEnd, type Row, series, stepName } from "./row";

const steady: Required<Sample> = {
  containers: 4,
  networks: 1,
  volumes: 1,
  processes: 0,
  files: 40,
  temporary: 3,
  state: 200,
  memory: 1100,
  pods: 500,
  objects: 60,
};
const samples = (count: number, one: (i: number) => Partial<Sample>): Sample[] =>
  Array.from({ length: count }, (_, i) => ({ ...steady, ...one(i) }));
const leaks = (all: readonly Sample[]) => growth(all).flatMap(({ quantity, isLeak }) => (isLeak ? [quantity] : []));

describe("an endurance run", () => {
  it("applies only configurations that are accepted, each different from the one before", () => {
    fc.assert(
      fc.property(fc.nat(), (seed) => {
        const now: Record<string, string> = {};
        for (const [key, value] of changes(200, seed)) {
          assert.notEqual(now[key], value);
          now[key] = value;
          assert.deepEqual(parseSettings(now).problems, []);
        }
      }),
      { numRuns: 20 },
    );
  });

  it("finds each quantity that grows with the number of changes", () => {
    for (const quantity of Object.keys(quantities) as (keyof Sample)[])
      assert.deepEqual(leaks(samples(100, (i) => ({ [quantity]: steady[quantity] + i * 10 }))), [quantity]);
  });

  it("finds no growth in what goes up and down", () => {
    assert.deepEqual(leaks(samples(100, (i) => ({ memory: 1100 + (i % 7) * 40, files: 40 + (i % 3) }))), []);
    assert.deepEqual(leaks(samples(100, (i) => (i === 99 ? { containers: 9 } : {}))), []);
  });

  it("compares what was counted, where an earlier version did not count it", () => {
    const { objects, pods: _, ...earlier } = steady;
    assert.deepEqual(leaks([earlier, earlier, steady, { ...steady, objects: objects + 31 }]), ["objects"]);
    assert.ok(growth([earlier, earlier]).every(({ quantity }) => quantity !== "objects"));
  });

  it("counts the memory of the pods without Kubernetes itself", () => {
    const top = [
      "PID   RSS    COMMAND",
      "11    709080 kube-apiserver",
      "12    90112  k3s-server",
      "13    102400 pilot-discovery",
      "14    1024   envoy",
    ];
    assert.equal(podsMemory(top), 101);
  });

  it("reads the sizes of docker stats, and refuses what is none", () => {
    assert.deepEqual(["512MiB / 23GiB", "1.5GiB / 23GiB", "2048KiB / 1GiB"].map(mebibytes), [512, 1536, 2]);
    assert.throws(() => mebibytes("--"), /which is no size/);
  });

  const steps = plan({ changes: 2, rollouts: 2, upgrades: 3, destroys: 2 }, "1.31.0");
  const rows = (one: (i: number) => Partial<Row>): Row[] =>
    steps.map(({ work, number }, i) => ({
      ...{ work, number, done: true, seconds: 60, sample: steady, run: "2026-01-01T00:00:00Z" },
      ...one(i),
    }));
  const inTheEnd = { ...steady, containers: 0, networks: 0, volumes: 0 };

  it("pauses each upgrade before the old control plane goes, takes it back, and ends with a destroy", () => {
    const [first] = steps.filter(({ work }) => work === "upgrades");
    assert.deepEqual(first?.commands, [
      { command: "upgrade --to 1.31.0 --rate 400 --pause-before finish", exit: 3 },
      "upgrade abort",
    ]);
    assert.deepEqual(steps.at(-1)?.commands, ["destroy"]);
    assert.equal(new Set(steps.map(stepName)).size, steps.length);
  });

  it("begins each rollout below its first step", () => {
    for (const { commands } of steps.filter(({ work }) => work === "rollouts")) {
      const [set, ...others] = commands;
      assert.equal(set, "pulumi config set canaryWeight 0");
      assert.deepEqual(others, ["up", "rollout --steps 50,100 --warm-up 0 --rate 400"]);
    }
  });

  it("is shown with what failed and what grew", () => {
    const grown = rows((i) => ({ sample: { ...steady, volumes: i }, done: i !== 4 }));
    const text = page(steps, grown, { machine: "a machine" });
    assert.match(text, /\*\*All steps ran, 1 failed, these grew: volumes, the last destroy left \d+ objects\.\*\*/);
    assert.match(text, /Measured on a machine/);
    assert.match(text, /\| rollouts \| 2 \| 1 \| 1 \| 2 min \|/);
  });

  it("says what is missing after an interruption, and of how many runs it consists", () => {
    const half = rows((i) => ({ run: `2026-01-0${i < 3 ? 1 : 2}T00:00:00Z` })).slice(0, 5);
    const text = page(steps, half, { machine: "a machine", note: "It is slow." });
    assert.match(text, /\*\*5 of 12 steps ran, none failed, nothing grew\.\*\* Measured in 2 runs, on a machine/);
    assert.match(text, /if it is gone\.\nIt is slow\.\n/);
    assert.doesNotMatch(text, /## New environments/, "a series without measurements has no table");
  });

  it("compares the environments after a destroy among themselves", () => {
    const young = { ...steady, memory: 100 };
    const all = rows((i) => ({
      sample: steps[i]?.work === "destroys" ? young : { ...steady, memory: 1000 + i * 300 },
    }));
    assert.match(
      page(steps, all, { machine: "a machine" }),
      /these grew: memory of the cluster with Kubernetes itself, MiB,/,
    );
    assert.equal(series(all).length, 3);
    assert.equal(leftInTheEnd(rows(() => ({ sample: inTheEnd }))), 0);
    assert.equal(leftInTheEnd([]), undefined);
  });
});
