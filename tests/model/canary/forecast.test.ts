import assert from "node:assert/strict";
import { noCounts } from "../../../model/canary/evidence";
import { forecastSteps } from "../../../model/canary/forecast";

describe("the forecast of a rollout", () => {
  const stable = { ...noCounts, requests: 6000, timed: 6000, slow: 600 };
  const lines = (perSecond: number) => forecastSteps([5, 50], { perSecond, stable }, 600);

  it("shows the requests that each step needs, and their duration at the present traffic", () => {
    assert.equal(lines(200).length, 2);
    for (const line of lines(200))
      assert.match(line, /^step \d+ %: about [\d,]+ requests of both versions, [\d,.]+ s at 200 a second$/);
  });

  it("says which step will pause for lack of traffic, and the patience that it needs", () => {
    assert.match(
      lines(2)[0] ?? "",
      /longer than --patience 600, so the rollout will pause there; fix: --patience \d+, or more traffic$/,
    );
    assert.match(lines(0)[0] ?? "", /there is no traffic now, so the rollout will pause there$/);
  });
});
