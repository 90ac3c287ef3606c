import assert from "node:assert/strict";
import { type LessonArgs, lessonOf, lessonText } from "../../../model/trial/report/lesson";
import type { CaseResult } from "../../../model/trial/report/result";
import { planOf } from "./files";

const { tests } = planOf("", "cases: [{ it: has no route, request: http://shop.example.com/, expect: 404 }]");
const result = (outcome: CaseResult["outcome"], seen: string): CaseResult => ({
  // biome-ignore lint/style/noNonNullAssertion: the file above has one case
  case: tests.cases[0]!,
  outcome,
  seen,
  mismatches: outcome === "fail" ? [{ expected: "status 404", seen }] : [],
  seconds: 0,
  requests: 3,
  reasons: [],
});
const files = (text: string) => [
  { file: "mesh.yaml", text: `# A name means its own namespace.\nkind: VirtualService\n${text}\n` },
];
const args = (broken: CaseResult, fixed: CaseResult): LessonArgs => ({
  name: "gateway-without-namespace",
  sources: { broken: files("  gateways: [a]"), fixed: files("  gateways: [b/a]") },
  results: { broken: [broken], fixed: [fixed] },
});

describe("a lesson", () => {
  it("shows the lines that differ, what each side showed, and why", () => {
    assert.equal(
      lessonText([lessonOf(args(result("pass", "404"), result("pass", "200 by shop/web")))]),
      [
        "1  gateway without namespace",
        "   mistake   gateways: [a]",
        "   shown     404 (has no route)",
        "   why       A name means its own namespace.",
        "   instead   gateways: [b/a]",
        "   then      200 by shop/web (has no route)",
        "",
        "1 of 1 mistakes showed what they do",
      ].join("\n"),
    );
  });

  it("is not shown if one side fails, and unknown if one could not be measured", () => {
    const failed = lessonOf(args(result("fail", "200"), result("pass", "200")));
    assert.equal(failed.outcome, "not shown");
    assert.deepEqual(failed.broken, ["200 (has no route): FAIL, expected status 404"]);
    assert.equal(lessonOf(args(result("pass", "404"), result("unknown", ""))).outcome, "not known");
  });
});
