import assert from "node:assert/strict";
import { changesBetween, changesMarkdown, changesText, summariesDiffer } from "../../../model/trial/report/compare";
import { coverageOf } from "../../../model/trial/report/coverage";
import { tryPage } from "../../../model/trial/report/html";
import { tryJunit } from "../../../model/trial/report/junit";
import type { CaseResult, Report } from "../../../model/trial/report/result";
import { inputOf, planOf, shop } from "./files";
import { entry } from "./reasonsOf";

const [testCase] = inputOf(shop, 'cases: [{ it: "answers <a> & | b", request: http://web.shop/, expect: 200 }]').tests
  .cases;
assert.ok(testCase);
const result = (more: Partial<CaseResult> = {}): CaseResult => ({
  case: testCase,
  outcome: "pass",
  mismatches: [],
  seen: "200 ×10",
  seconds: 1.5,
  requests: 10,
  reasons: [],
  ...more,
});
const failed = result({ outcome: "fail", seen: "503 ×10", mismatches: [{ expected: "200", seen: "503 \u0000<x>" }] });
const report = (...results: readonly CaseResult[]): Report => ({
  ...{ folder: "mesh", stack: "dev", results, coverage: [], missingLogs: [], substitutions: [], leftOut: [] },
  ...{ notes: [], hints: [], seconds: 2 },
});

describe("the JUnit report of mesh tests", () => {
  it("counts a failure and an unknown result apart, with file, line and what was expected", () => {
    const text = tryJunit(report(result(), failed, result({ outcome: "unknown", seen: "no pod" })));
    assert.match(text, /<testsuite name="mesh.test.yaml" tests="3" failures="1" errors="1">/);
    assert.match(text, /file="mesh.test.yaml" line="1" time="1.500"><system-out>200 ×10<\/system-out>/);
    assert.match(text, /<failure message="expected 200, saw 503 \?&lt;x&gt;">FAIL/);
    assert.match(text, /<error message="no pod">/);
  });

  it("is well-formed XML whatever a title or an answer has in it", () => {
    const text = tryJunit(report(failed));
    for (const raw of ["\u0000", "& ", "<a>", "<x>"]) assert.equal(text.includes(raw), false, raw);
    const opened = [...text.matchAll(/<([a-z-]+)[ >]/g)].map(([, name]) => name);
    const closed = [...text.matchAll(/<\/([a-z-]+)>/g)].map(([, name]) => name);
    assert.deepEqual(opened.sort(), closed.sort());
  });
});

describe("the page of mesh tests", () => {
  it("shows what changes since another revision, and nothing of that without one", () => {
    const change = {
      it: "a <b>",
      from: "shop/web",
      request: "GET http://web.shop/",
      after: "404",
      outcome: "fail",
    } as const;
    const page = (changes: Report["changes"]) =>
      tryPage({ ...report(failed), against: "main", ...(changes && { changes }) }, new Date("2026-01-02T03:04:05Z"));
    assert.match(
      page([change]),
      /What changes since main<.*a &lt;b&gt;.*GET http:\/\/web\.shop\/.*not possible.*404.*FAIL/s,
    );
    assert.match(page([{ ...change, before: "200" }]), /<td data-name="before">200</);
    assert.match(page([]), /What changes since main<.*No request is answered differently\./s);
    assert.doesNotMatch(page(undefined), /What changes/);
    assert.match(page(undefined), /environment \S+, ended at 2026-01-02 03:04:05 UTC after /);
  });
});

describe("the comparison of two runs", () => {
  it("takes a small difference of shares for chance, and another answer for a change", () => {
    assert.equal(summariesDiffer("200 ×50, 503 ×50", "200 ×60, 503 ×40"), false);
    assert.equal(summariesDiffer("200 ×90, 503 ×10", "200 ×50, 503 ×50"), true);
    assert.equal(summariesDiffer("200", "200"), false);
    assert.equal(summariesDiffer("200", "404"), true);
    // a tenth of many requests is more than chance, and a tenth of few is not
    assert.equal(summariesDiffer("v1 ×180, v2 ×20", "v1 ×200"), true);
    assert.equal(summariesDiffer("v1 ×27, v2 ×3", "v1 ×30"), false);
    assert.equal(summariesDiffer("v1 ×1800, v2 ×200", "v1 ×1760, v2 ×240"), false);
    assert.equal(summariesDiffer("200 ×10", "503 ×10"), true);
  });

  it("lists what is answered differently, what is judged differently, and what is new", () => {
    assert.deepEqual(changesBetween([result()], [result()]), []);
    assert.deepEqual(
      changesBetween([result()], [failed]).map(({ before, after, outcome }) => [before, after, outcome]),
      [["200 ×10", "503 ×10", "fail"]],
    );
    assert.equal(changesBetween([result()], [result({ outcome: "fail" })]).length, 1);
    assert.equal(changesBetween([], [result()])[0]?.before, undefined);
  });

  it("is a table for a pull request in which no title breaks a row", () => {
    const text = changesMarkdown("a".repeat(40), changesBetween([result()], [failed]), [result(), failed]);
    const row = text.split("\n").find((line) => line.includes("503 ×10 |"));
    assert.equal(row?.replaceAll("\\|", "").split("|").length, 8);
    assert.match(text, /answers &lt;a> & \\\| b/);
    assert.match(text, /^1 of 2 cases pass\.$/m);
    assert.match(text, /^- \*\*fail\*\* .*mesh\.test\.yaml:1\): expected 200, saw 503/m);
    assert.match(changesMarkdown("a".repeat(40), [], [result()]), /differently than on `aaaaaaa`\./);
    assert.equal(changesText("main", []), "no request is answered differently than on main");
    assert.match(changesText("main", changesBetween([], [result()])), /not possible → 200 ×10/);
  });
});

describe("the coverage of mesh tests", () => {
  const { plan } = planOf(`${shop}---
apiVersion: networking.istio.io/v1
kind: VirtualService
metadata: { name: web, namespace: shop }
spec:
  hosts: [web]
  http:
    - { name: first, match: [{ uri: { prefix: /a } }], route: [{ destination: { host: web, subset: v1 } }] }
    - { name: second, route: [{ destination: { host: web, subset: v2 } }] }
---
apiVersion: networking.istio.io/v1
kind: DestinationRule
metadata: { name: web, namespace: shop }
spec: { host: web, subsets: [{ name: v1, labels: { version: v1 } }, { name: v2, labels: { version: v2 } }] }
---
apiVersion: security.istio.io/v1
kind: AuthorizationPolicy
metadata: { name: web, namespace: shop }
spec: { rules: [{ to: [{ operation: { methods: [GET] } }] }, { to: [{ operation: { methods: [PUT] } }] }] }
`);
  const log = [entry({ route: "first", cluster: "outbound|80|v1|web.shop.svc.cluster.local" })];
  const touched = (...more: [isComplete?: boolean]) =>
    coverageOf(plan.applied, log, new Set(["shop/web/0"]), ...more).map(({ what, touched }) => [what, touched]);

  it("names each route, subset and rule, and says which of them a request used", () => {
    assert.deepEqual(touched(), [
      ["VirtualService shop/web, http route 1", true],
      ["VirtualService shop/web, http route 2", false],
      ["DestinationRule shop/web, subset v1", true],
      ["DestinationRule shop/web, subset v2", false],
      ["AuthorizationPolicy shop/web, rule 1", true],
      ["AuthorizationPolicy shop/web, rule 2", false],
    ]);
  });

  it("does not say that something was not used while a log is missing", () => {
    assert.deepEqual(
      touched(false).map(([, isUsed]) => isUsed),
      [true, undefined, true, undefined, true, undefined],
    );
  });
});
