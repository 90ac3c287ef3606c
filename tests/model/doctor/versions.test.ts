import assert from "node:assert/strict";
import { node } from "../../../model/doctor/versions";
import { compareVersions } from "../../../model/mesh/versions";

describe("the checks of the machine", () => {
  for (const [version, least, enough] of [
    ["20.19.0", "20.19.0", true],
    ["20.9.1", "20.19.0", false],
    ["22.1.0", "20.19.0", true],
    ["5.10.0", "5.7.0", true],
    ["5.6.3", "5.7.0", false],
  ] as const)
    it(`treat ${version} as ${enough ? "new enough" : "too old"} when ${least} is required`, () => {
      assert.equal(compareVersions(version, least) >= 0, enough);
    });

  it("name an old Node with what to do", () => {
    const { passed, evidence, remedy } = node("18.0.0", "20.19.0");
    assert.deepEqual(
      [passed, evidence, remedy],
      [false, "18.0.0 is too old", ["install Node 20.19.0 or newer from https://nodejs.org"]],
    );
  });
});
