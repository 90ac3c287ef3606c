import assert from "node:assert/strict";
import { matchesLabels } from "../../../model/trial/manifests/labels";

describe("a selector", () => {
  it("matches labels that have all of its entries, also beside others", () => {
    assert.equal(matchesLabels({ app: "web" }, { app: "web", version: "v1" }), true);
    assert.equal(matchesLabels({ app: "web", version: "v2" }, { app: "web", version: "v1" }), false);
    assert.equal(matchesLabels({ app: "web" }, {}), false);
  });

  it("matches all labels when it is empty", () => assert.equal(matchesLabels({}, {}), true));
});
