import assert from "node:assert/strict";
import { Environment } from "../support/environment";

describe("the policy pack in a preview", () => {
  let environment: Environment;
  before(async () => {
    environment = await Environment.open("e2e-policy");
  });
  after(() => environment.destroy());

  it("finds nothing in an environment that is not there yet, and could look at all of it", async () => {
    const { stdout, changeSummary } = await environment.stack.preview({ policyPacks: ["policy"], color: "never" });
    assert.match(stdout, /^Policies:\n.*istio-on-k3d@v[\d.]+ \(local: policy\)\n\n/m);
    assert.ok((changeSummary.create ?? 0) > 30, JSON.stringify(changeSummary));
  });
});
