import assert from "node:assert/strict";
import { noCounts } from "../../../model/canary/evidence";
import { junitReport } from "../../../model/checks/result";
import { parseEntry } from "../../../model/upgrade/entry";
import { isResumable, statusOf, type UpgradeEntry, type UpgradeEvent } from "../../../model/upgrade/journal";
import { upgradePage, upgradePicture } from "../../../model/upgrade/page";
import { upgradeSummary } from "../../../model/upgrade/report";
import { resultsOf } from "../../../model/upgrade/results";

const plan = { from: "1.30.3", to: "1.31.4" };
const counts = (requests: number, noAnswer: number) => ({ ...noCounts, requests, noAnswer, timed: requests });
const events: readonly UpgradeEvent[] = [
  { kind: "begun", plan },
  { kind: "measured", phase: "before", ingress: counts(2000, 0), mesh: counts(500, 0) },
  { kind: "step", step: "crds" },
  { kind: "measured", phase: "crds", ingress: counts(3000, 1), mesh: counts(700, 0) },
  { kind: "verdict", step: "crds", outcome: "pass", reason: "failed requests: 1 of 3000", proxies: { "1.30.3": 4 } },
  { kind: "step", step: "istiod" },
  { kind: "measured", phase: "istiod", ingress: counts(1000, 200), mesh: counts(250, 0) },
  { kind: "verdict", step: "istiod", outcome: "fail", reason: "failed <many>", proxies: { "1.30.3": 3, "1.31.4": 1 } },
  { kind: "going back", reason: "failed <many>" },
  { kind: "measured", phase: "back", ingress: counts(1000, 3), mesh: counts(250, 2) },
  { kind: "ended", end: "taken back", reason: "failed <many>" },
];
const entries: readonly UpgradeEntry[] = events.map((event, i) => ({
  at: new Date(i * 10_000).toISOString(),
  ...event,
}));

describe("the journal of an upgrade", () => {
  it("is read line by line, and lines that are torn or of others are ignored", () => {
    for (const entry of entries) assert.deepEqual(parseEntry(JSON.stringify(entry)), entry);
    const [begun] = entries;
    for (const line of [
      JSON.stringify(begun).slice(0, -5),
      "",
      "null",
      JSON.stringify({ ...begun, at: "soon" }),
      JSON.stringify({ ...begun, plan: { from: 1 } }),
      JSON.stringify({ at: begun?.at, kind: "step", step: "other" }),
      JSON.stringify({ at: begun?.at, kind: "toString" }),
    ])
      assert.equal(parseEntry(line), undefined, line);
  });

  it("has the right status after each line", () => {
    const all = entries.map((_, i) => statusOf(entries.slice(0, i + 1)));
    assert.deepEqual(
      all.map((status) => status?.step),
      [0, 0, 0, 0, 1, 1, 1, 1, 1, 1, 1],
    );
    assert.equal(
      all.findIndex((status) => status?.back !== undefined),
      7,
    );
    assert.deepEqual(
      [all.slice(0, -1).every((status) => status && isResumable(status)), isResumable(all.at(-1) ?? assert.fail())],
      [true, false],
    );
    assert.equal(statusOf([]), undefined);
  });
});

describe("the report of an upgrade", () => {
  it("is a table with the failed requests and the proxies of each step", () => {
    assert.deepEqual(upgradeSummary(entries).split("\n"), [
      "Istio 1.30.3 to 1.31.4: taken back: failed <many>",
      " 1  passed  updates Istio's CRDs (chart base)                  failed requests: 1 of 3000; 4 proxies of 1.30.3",
      " 2  failed  installs the new control plane beside the old one  failed <many>; 3 proxies of 1.30.3, 1 of 1.31.4",
      "the way back: failed requests: 3 of 1000 through the ingress gateway, 2 of 250 between pods",
    ]);
  });

  it("shows the command that continues an unfinished upgrade", () => {
    const killed = entries.slice(0, 6);
    assert.match(
      upgradeSummary(killed),
      /^Istio \S+ to \S+: not finished: no process drives this upgrade any more \(step istiod\); fix: npm run upgrade -- resume, or: npm run upgrade -- abort\n/,
    );
    assert.match(upgradeSummary(killed, 7), /^Istio \S+ to \S+: not finished, running \(process 7\), step istiod\n/);
    assert.match(
      upgradeSummary(entries.slice(0, 9)),
      /\(going back: failed <many>\); fix: npm run upgrade -- resume, which finishes the way back/,
    );
    assert.equal(upgradeSummary([]), "there was no upgrade");
  });

  it("has one test case for each step, for CI systems", () => {
    const xml = junitReport(resultsOf(entries), "upgrade");
    assert.match(xml, /<testsuite name="upgrade" tests="2" failures="1" errors="0">/);
    assert.match(xml, /<failure message="failed &lt;many&gt;; 3 proxies of 1\.30\.3, 1 of 1\.31\.4"\/>/);
  });

  it("has a picture with each step, and both kinds of failed requests over time", () => {
    const picture = upgradePicture(entries) ?? "";
    for (const label of [
      ">before<",
      ">crds ✓<",
      ">istiod ✗<",
      ">back ↩<",
      "ingress gateway: failed",
      "between pods: failed",
    ])
      assert.ok(picture.includes(label), label);
    assert.equal(upgradePicture([]), undefined);
  });

  it("has a page with the picture and the table", () => {
    const page = upgradePage(entries);
    assert.match(page, /<h1>Istio 1\.30\.3 to 1\.31\.4: taken back<\/h1>/);
    assert.match(page, /200 of 1000/);
    assert.doesNotMatch(page, /<many>/);
    assert.match(upgradePage([]), /There was no upgrade/);
  });
});
