import assert from "node:assert/strict";
import { releaseNames } from "../../model/mesh/releases";
import { parseSettings } from "../../model/settings/parse";
import { runProgram } from "../support/program";

describe("the Helm releases that an up recovers after a kill", () => {
  for (const config of [
    {},
    { dataplane: "ambient" },
    { routing: "gateway-api" },
    { dataplane: "ambient", routing: "gateway-api", waypoint: "true" },
    { istioVersion: "1.30.3", nextIstioVersion: "1.31.1" },
  ])
    it(`are those that the program makes from ${JSON.stringify(config)}`, async () => {
      const { settings } = parseSettings(config);
      assert.ok(settings);
      const { resources } = await runProgram(config);
      const releases = resources.filter(({ type }) => type === "kubernetes:helm.sh/v3:Release");
      const made = releases.map(({ inputs }) => `${inputs["namespace"]}/${inputs["name"]}`);
      assert.deepEqual(releaseNames(settings).sort(), made.sort());
      // the cluster would keep every revision as a Secret
      for (const { inputs } of releases) assert.equal(inputs["maxHistory"], 10);
    });
});
