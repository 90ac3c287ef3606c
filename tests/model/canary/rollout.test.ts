import assert from "node:assert/strict";
import { rolloutPage, rolloutPicture } from "../../../model/canary/chart/page";
import { noCounts } from "../../../model/canary/evidence";
import { isResumable, type RolloutEntry, statusOf } from "../../../model/canary/plan";
import { rolloutSummary } from "../../../model/canary/report";
import { parseSteps } from "../../../model/canary/steps";

const at = "2026-11-23T00:00:00Z";
const plan = { steps: [5, 50, 100], from: 0 };
const counts = (requests: number, serverErrors: number) => ({ ...noCounts, requests, serverErrors, timed: requests });
const rolledBack: readonly RolloutEntry[] = [
  { at, kind: "begun", plan },
  { at, kind: "step", weight: 5 },
  { at, kind: "measured", weight: 5, stable: counts(1900, 0), canary: counts(100, 0), unattributed: 0 },
  {
    at,
    kind: "verdict",
    weight: 5,
    verdict: { outcome: "pass", code: "as-good", reason: "errors 0.0 % of 100 requests" },
  },
  { at, kind: "step", weight: 50 },
  { at, kind: "measured", weight: 50, stable: counts(100, 0), canary: counts(100, 40), unattributed: 0 },
  {
    at,
    kind: "verdict",
    weight: 50,
    verdict: { outcome: "fail", code: "failures", reason: "errors 40.0 %, stable 0.0 %" },
  },
  { at, kind: "ended", end: "rolled back", reason: "errors 40.0 %, stable 0.0 %" },
];

describe("a rollout's journal", () => {
  it("has the right status after each line", () => {
    const steps = rolledBack.map((_, i) => statusOf(rolledBack.slice(0, i + 1)));
    assert.deepEqual(
      steps.map((now) => now?.step),
      [0, 0, 0, 1, 1, 1, 1, 1],
    );
    assert.deepEqual(
      steps.map((now) => now && isResumable(now)),
      [true, true, true, true, true, true, true, false],
    );
    assert.equal(statusOf([]), undefined);
  });

  it("reads as a summary with each step and a chart over time", () => {
    assert.equal(
      rolloutSummary(rolledBack),
      [
        "rolled back: errors 40.0 %, stable 0.0 %",
        "   5 %  share 4.1 to 6.0 %  errors 0.0 %  pass: errors 0.0 % of 100 requests",
        "  50 %  share 43.1 to 56.9 %  errors 40.0 %  fail: errors 40.0 %, stable 0.0 %",
        "weight  ▁▄",
        "share   ▁▄",
        "errors   ▃",
      ].join("\n"),
    );
  });

  it("shows the requests that wait for an answer, also when version 2 failed in its warm-up", () => {
    const reason = "failed requests: version 2 10.0 %, version 1 0.0 %, during the warm-up";
    const hanging: readonly RolloutEntry[] = [
      { at, kind: "begun", plan },
      { at, kind: "step", weight: 5 },
      {
        ...{ at, kind: "measured", weight: 5, warmUp: true, stable: counts(1710, 0), canary: counts(90, 0) },
        ...{ unattributed: 0, overdue: { stable: 0, canary: 10 } },
      },
      { at, kind: "verdict", weight: 5, verdict: { outcome: "fail", code: "failures", reason } },
      { at, kind: "ended", end: "rolled back", reason },
    ];
    assert.match(rolloutSummary(hanging), / 5 % {2}share 4\.1 to 6\.1 % {2}errors 10\.0 % {2}fail/);
    assert.match(rolloutPicture(hanging) ?? "", /version 2: no answer/);
    const cells = [...rolloutPage(hanging).matchAll(/<td[^>]*>([^<]*)<\/td>/g)].map(([, text]) => text);
    assert.deepEqual(cells, ["5 %", "failed", "0:00 to 0:00", "100", "10 %", "0.0 %", reason]);
  });

  it("is summarized by its end alone if nothing was measured", () => {
    const [begun, ended] = [rolledBack[0], rolledBack.at(-1)];
    assert.ok(begun && ended);
    assert.equal(rolloutSummary([begun, ended]), "rolled back: errors 40.0 %, stable 0.0 %");
    assert.equal(rolloutSummary([]), "there was no rollout");
  });

  it("is drawn with a band for each step and a line for the failures of each version", () => {
    const picture = rolloutPicture(rolledBack) ?? "";
    assert.equal(picture.match(/class="band (passed|failed)"/g)?.length, 2);
    assert.equal(picture.match(/<polyline /g)?.length, 2);
    assert.match(picture, /✗ 50 % failed: errors 40\.0 %, stable 0\.0 %/);
    assert.doesNotMatch(picture, /NaN|undefined/);
    assert.equal(rolloutPicture([]), undefined);
  });

  it("shows one percent of failures well above the axis, also beside many", () => {
    const many = rolledBack.map((entry) =>
      entry.kind === "measured" && entry.weight === 5 ? { ...entry, canary: counts(100, 1) } : entry,
    );
    const points = /class="line server">.*?points="[\d.]+,([\d.]+) [\d.]+,([\d.]+)"/.exec(rolloutPicture(many) ?? "");
    const [one, forty] = [Number(points?.[1]), Number(points?.[2])];
    assert.ok(one < 400 && forty < one, `${one} and ${forty} with the axis at 420`);
  });

  it("shows slow answers only when version 2 has many more of them than version 1", () => {
    const slow = (ofCanary: number) =>
      rolledBack.map((entry) =>
        entry.kind === "measured"
          ? {
              ...entry,
              stable: { ...entry.stable, slow: 10, timed: 100 },
              canary: { ...entry.canary, slow: ofCanary, timed: 100 },
            }
          : entry,
      );
    assert.doesNotMatch(rolloutPicture(slow(11)) ?? "", /version 2: slow/);
    assert.match(rolloutPicture(slow(40)) ?? "", /version 2: slow/);
  });

  it("is a page that shows how it ended, and runs no script of its text", () => {
    const hostile = rolledBack.map((entry) =>
      entry.kind === "ended" ? { ...entry, reason: '<script>alert("x")</script>&\u0000' } : entry,
    );
    const page = rolloutPage(hostile);
    assert.match(page, /<h1>Rollout of version 2: Rolled back<\/h1>/);
    assert.doesNotMatch(page, /<script/);
    assert.ok(!page.includes("\u0000"));
    assert.doesNotMatch(page, /(src|href)=/);
    assert.match(rolloutPage([]), /There was no rollout/);
  });
});

describe("the steps of a rollout", () => {
  it("are rising integers", () => {
    assert.deepEqual(parseSteps("5,25,50,100"), [5, 25, 50, 100]);
    assert.deepEqual(parseSteps("100"), [100]);
  });

  for (const text of ["", "0,50", "50,25", "5,5", "101", "5;25", "5,,25", "ten", "-5", "5.5"])
    it(`are not "${text}"`, () => {
      assert.throws(() => parseSteps(text), {
        message: `--steps = "${text}" must be rising integers from 1 to 100, separated by commas; fix: --steps 5,25,50,100`,
      });
    });
});
