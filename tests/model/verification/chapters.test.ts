import assert from "node:assert/strict";
import type { CaseResult } from "../../../model/trial/report/result";
import { chapterLeftOut, chapterOf, chapterTable, missingKey } from "../../../model/verification/lesson/chapters";
import type { Exercise } from "../../../model/verification/lesson/exercises";

const exercise = (output: string, manifests = ""): Exercise => ({
  folder: "examples/lesson/05-gateway/3-bare-name",
  cases: "",
  manifests,
  output,
});
const result = (outcome: CaseResult["outcome"], it: string, seen: string) =>
  ({ outcome, seen, case: { it } }) as CaseResult;
const results = [result("pass", "answers", "200"), result("fail", "has a route", "404")];
const shown = "pass    answers\nFAIL    has a route\n        seen     404\n\n2 cases: 1 pass, 1 FAIL, 0 unknown\n";

describe("a chapter of the lesson", () => {
  it("is shown if its verdicts are the recorded ones, also where a request fails", () => {
    assert.equal(
      chapterTable([chapterOf(exercise(shown), results)]),
      [
        " 5  Bare name  pass  200  answers",
        "               FAIL  404  has a route",
        "",
        "1 of 1 folders showed what the lesson shows",
      ].join("\n"),
    );
  });

  it("is not shown if a request ends otherwise", () => {
    const all = [result("pass", "answers", "200"), result("pass", "has a route", "200 by lesson/helloworld")];
    const { outcome, why } = chapterOf(exercise(shown), all);
    assert.deepEqual([outcome, why], ["not shown", "the lesson shows: FAIL has a route"]);
  });

  it("is not known if a request could not be measured, and never shown without one", () => {
    assert.equal(chapterOf(exercise(shown), [result("unknown", "answers", "")]).outcome, "not known");
    assert.equal(chapterOf(exercise(""), []).outcome, "not known");
  });

  it("is left out where its resources do not exist, and not counted", () => {
    const routes = exercise(shown, "apiVersion: gateway.networking.k8s.io/v1\nkind: Gateway\n");
    assert.equal(missingKey(routes, { routing: "gateway-api" }), undefined);
    const why = missingKey(routes, { routing: "istio" });
    assert.ok(why);
    assert.match(chapterTable([chapterLeftOut(routes, why)]), /left out {2}it needs routing = gateway-api\n\n0 of 0/);
  });
});
