import assert from "node:assert/strict";
import fc from "fast-check";
import { parseSettings } from "../../model/settings/parse";
import { changes } from "./changes";
import { growth, quantities, type Sample } from "./growth";
import { mebibytes } from "./observe";
import { page } from "./page";

const steady: Sample = {
  containers: 4,
  networks: 1,
  volumes: 1,
  processes: 0,
  files: 40,
  temporary: 3,
  state: 200,
  memory: 1100,
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

  it("reads the sizes of docker stats, and refuses what is none", () => {
    assert.deepEqual(["512MiB / 23GiB", "1.5GiB / 23GiB", "2048KiB / 1GiB"].map(mebibytes), [512, 1536, 2]);
    assert.throws(() => mebibytes("--"), /which is no size/);
  });

  it("is shown with what failed and what grew", () => {
    const works = [{ title: "rollouts", planned: 50, done: 49, failed: 1, seconds: 600 }];
    const series = [
      { title: "one environment", grown: growth(samples(10, (i) => ({ volumes: i }))) },
      { title: "new environments", grown: growth([]) },
    ];
    const text = page(works, series, "a machine");
    assert.match(text, /\*\*1 failed, and these grew: volumes\.\*\* Measured on a machine/);
    assert.match(text, /\| rollouts \| 50 \| 49 \| 1 \| 10 min \|/);
    assert.match(text, /## one environment\n\n.*\n\| --- .*\n(.*\n)*\| volumes \| 1 \| 9 \| 9 \| 0 \| YES \|/);
    assert.doesNotMatch(text, /new environments/, "a series without measurements has no table");
  });
});
