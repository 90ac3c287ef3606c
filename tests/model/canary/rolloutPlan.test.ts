import assert from "node:assert/strict";
import { parseEntry } from "../../../model/canary/entry";
import { noCounts } from "../../../model/canary/evidence";
import { evidenceOf } from "../../../model/canary/journalEvidence";
import { type RolloutEntry, type RolloutEvent, rollbackOf, statusOf } from "../../../model/canary/plan";
import { rolloutSummary } from "../../../model/canary/report";
import { stepsFrom } from "../../../model/canary/steps";

const at = "2026-11-26T00:00:00Z";
const journal = (...events: readonly RolloutEvent[]): RolloutEntry[] => events.map((event) => ({ at, ...event }));
const plan = { steps: [25, 50, 100], from: 10 };
const fail = { outcome: "fail", code: "failures", reason: "errors 40.0 %" } as const;
const pass = { outcome: "pass", code: "as-good", reason: "as good" } as const;
const measured = (weight: number, requests: number, more: object = {}): RolloutEvent => ({
  kind: "measured",
  weight,
  stable: noCounts,
  canary: { ...noCounts, requests },
  unattributed: 0,
  ...more,
});

describe("the target of a rollback", () => {
  for (const [from, weight, failed, to] of [
    [10, 50, true, 10],
    [10, 10, true, 0],
    [100, 5, true, 0],
    [100, 5, false, 5],
    [10, 10, false, 10],
    [0, 1, true, 0],
  ] as const)
    it(`is ${to} % when step ${weight} % ${failed ? "fails" : "is aborted"} in a rollout from ${from} %`, () => {
      const status = { plan: { steps: [weight, 100], from }, step: 0 };
      assert.equal(rollbackOf(status, "rolled back", "", failed).to, to);
    });
});

describe("a rollout whose process was killed", () => {
  it("rolls back after a failed verdict, and never repeats the failed step", () => {
    const entries = journal(
      { kind: "begun", plan },
      { kind: "step", weight: 50 },
      { kind: "verdict", weight: 50, verdict: fail },
    );
    assert.deepEqual(statusOf(entries)?.rollback, { to: 10, end: "rolled back", reason: "errors 40.0 %" });
  });

  it("finishes a rollback that had begun, also after it was resumed once", () => {
    const rollback = { to: 10, end: "cancelled", reason: "interrupted" } as const;
    const entries = journal(
      { kind: "begun", plan },
      { kind: "step", weight: 50 },
      { kind: "rolling back", ...rollback },
      { kind: "resumed" },
    );
    assert.deepEqual(statusOf(entries)?.rollback, rollback);
    assert.match(rolloutSummary(entries), /^killed: .*\(rolling back to 10 %\); fix: npm run rollout -- resume/);
  });

  it("is running only as long as a process drives it", () => {
    const entries = journal({ kind: "begun", plan }, { kind: "step", weight: 50 });
    assert.equal(rolloutSummary(entries, 42), "running (process 42): step 50 %");
    assert.match(rolloutSummary(entries), /^killed: no process drives this rollout any more \(step 50 %\); fix: /);
    const paused = [...entries, ...journal({ kind: "ended", end: "paused", reason: "too few requests" })];
    assert.match(rolloutSummary(paused), /^paused: too few requests; fix: npm run rollout -- resume/);
    assert.match(rolloutSummary([...paused, ...journal({ kind: "resumed" })], 42), /^running \(process 42\)/);
  });

  it("continues after the steps that passed", () => {
    const entries = journal(
      { kind: "begun", plan },
      { kind: "step", weight: 25 },
      { kind: "verdict", weight: 25, verdict: pass },
    );
    assert.equal(statusOf(entries)?.step, 1);
  });
});

describe("the evidence of a rollout that is resumed", () => {
  const requests = (entries: readonly RolloutEntry[]) =>
    evidenceOf(entries).measured.map(({ canary }) => canary.requests);
  const before: readonly RolloutEvent[] = [
    { kind: "begun", plan, versions: "a" },
    { kind: "step", weight: 25, versions: "a" },
    measured(25, 100),
  ];

  it("continues when the versions of the app are the same", () => {
    const entries = journal(
      ...before,
      { kind: "resumed", versions: "a" },
      { kind: "step", weight: 25, versions: "a" },
      measured(25, 50),
    );
    assert.deepEqual(requests(entries), [100, 50]);
  });

  it("begins anew when a version changed, or when the versions are not known", () => {
    assert.deepEqual(requests(journal(...before, { kind: "resumed", versions: "b" }, measured(25, 50))), [50]);
    assert.deepEqual(requests(journal(...before, { kind: "resumed" }, measured(25, 50))), [50]);
    assert.deepEqual(requests(journal(...before, { kind: "step", weight: 50, versions: "b" })), []);
  });

  it("leaves out the warm-up and remembers the threshold of slow answers", () => {
    const entries = journal(...before, measured(25, 7, { warmUp: true, slowAbove: 12 }));
    const { warmUp, slowAbove } = evidenceOf(entries);
    assert.deepEqual([requests(entries), warmUp.canary.requests, slowAbove], [[100], 7, 12]);
  });
});

describe("a line of a journal", () => {
  it("is an entry when it has the shape of one", () => {
    for (const entry of journal({ kind: "begun", plan }, measured(25, 3), {
      kind: "verdict",
      weight: 25,
      verdict: fail,
    }))
      assert.deepEqual(parseEntry(JSON.stringify(entry)), entry);
  });

  for (const line of [
    "",
    "null",
    "42",
    "[]",
    '"text"',
    "{}",
    '{"at":"2026-11-26T00:00:00Z","kind":"ended","end":"promo',
    '{"at":"2026-11-26T00:00:00Z","kind":"ended","end":"done","reason":"x"}',
    '{"at":"2026-11-26T00:00:00Z","kind":"begun","plan":{"steps":[],"from":10}}',
    '{"at":"2026-11-26T00:00:00Z","kind":"begun","plan":{"steps":["x"],"from":10}}',
    '{"at":"2026-11-26T00:00:00Z","kind":"step","weight":500}',
    '{"at":"2026-11-26T00:00:00Z","kind":"measured","weight":5,"stable":{},"canary":{}}',
    '{"at":"2026-11-26T00:00:00Z","kind":"toString"}',
    '{"at":"yesterday","kind":"step","weight":5}',
  ])
    it(`is none when it is ${line || "empty"}`, () => {
      assert.equal(parseEntry(line), undefined);
    });
});

describe("the steps of a rollout that begins at a weight", () => {
  it("are the default steps above it when none are configured", () => {
    assert.deepEqual(stepsFrom(0), [5, 25, 50, 100]);
    assert.deepEqual(stepsFrom(10), [25, 50, 100]);
    assert.deepEqual(stepsFrom(10, [10, 100]), [10, 100]);
  });

  it("are refused when the first one is below it, with the command to type", () => {
    assert.throws(() => stepsFrom(10, [5, 25, 100]), {
      message:
        /begins below canaryWeight, which is 10 %.*; fix: npm run rollout -- --steps 25,100, or begin at 0: npm run pulumi -- config set canaryWeight 0, then npm start$/,
    });
    assert.throws(() => stepsFrom(100), {
      message: /^canaryWeight is 100 %: version 2 has all traffic already; fix: /,
    });
    assert.throws(() => stepsFrom(100, [5, 100]), { message: /version 2 has all traffic already/ });
  });
});
