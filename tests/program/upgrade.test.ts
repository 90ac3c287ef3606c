import assert from "node:assert/strict";
import { istiodOf, revisionOf, upgradeStages } from "../../model/mesh/revisions";
import { minorOf } from "../../model/mesh/versions";
import versions from "../../versions.json";
import { changed } from "../support/changed";
import { type Registered, type Run, runProgram } from "../support/program";

const istiod = `mesh-${istiodOf(versions.istio)}`;
const newer = `${minorOf(versions.istio)}.999`;
const newerIstiod = `mesh-${istiodOf(newer)}`;

describe("the program during an upgrade of Istio", () => {
  const next = { nextIstioVersion: newer };
  let preset: Run;
  before(async () => {
    preset = await runProgram();
  });

  for (const [stage, resources] of [
    ["crds", ["mesh-base"]],
    ["istiod", [newerIstiod]],
    ["gateway", ["mesh-gateway"]],
    ["app", ["app-v1", "app-v2", "mesh-tag-stable"]],
    ["default", ["mesh-tag-default", "mesh-validator"]],
  ] as const)
    it(`changes ${resources.join(", ")} when ${stage} is the next stage of another Istio version`, async () => {
      const before = upgradeStages[upgradeStages.indexOf(stage) - 1];
      const from = before === undefined ? preset : await runProgram({ ...next, nextIstioStage: before });
      const names = changed(from, await runProgram({ ...next, nextIstioStage: stage }));
      // the new control plane is one more that the others wait for
      const own = names.filter((name) => stage !== "istiod" || name.includes("istiod"));
      assert.deepEqual(own.sort(), resources);
    });

  it("ends an upgrade by removing the old control plane, and changes nothing else", async () => {
    const last = await runProgram({ ...next, nextIstioStage: "default" });
    const after = await runProgram({ istioVersion: newer });
    const inputs = ({ resources }: Run) => new Map(resources.map((one) => [one.name, JSON.stringify(one.inputs)]));
    const [old, now] = [inputs(last), inputs(after)];
    const names = [...new Set([...old.keys(), ...now.keys()])].filter((name) => old.get(name) !== now.get(name));
    assert.deepEqual(names, [istiod]);
    assert.equal(now.has(istiod), false);
  });

  it("changes tags and validation after the control planes that they name, because a webhook without its server rejects every pod", async () => {
    const { resources } = await runProgram({ ...next, nextIstioStage: "app" });
    for (const name of ["mesh-tag-stable", "mesh-tag-default", "mesh-validator"]) {
      const { after = [] } = resources.find((resource) => resource.name === name) ?? {};
      assert.deepEqual(after, [istiod, newerIstiod], name);
    }
  });

  it("restarts the gateway for another control plane, because its proxy connects to the new one only after a restart", async () => {
    const { resources } = await runProgram({ ...next, nextIstioStage: "gateway" });
    const inputs: Registered["inputs"] = resources.find(({ name }) => name === "mesh-gateway")?.inputs ?? {};
    const { revision, strategy } = inputs["values"] as { revision: string; strategy: unknown };
    assert.equal(revision, revisionOf(newer));
    assert.deepEqual(strategy, { rollingUpdate: { maxSurge: 1, maxUnavailable: 0 } });
  });

  it("validates Istio's resources by the default revision, for which the base chart installs no webhook", () => {
    const inputs: Registered["inputs"] = preset.resources.find(({ name }) => name === "mesh-base")?.inputs ?? {};
    assert.deepEqual(inputs["values"], { defaultRevision: "" });
    assert.ok(preset.resources.some(({ name }) => name === "mesh-validator"));
  });
});
