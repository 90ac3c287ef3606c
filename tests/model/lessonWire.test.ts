import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { parseAllDocuments } from "yaml";
import { parseSettings } from "../../model/settings/parse";
import { lessonSteps } from "../../model/verification/lesson/page";
import versions from "../../versions.json";

const manifests = parseAllDocuments(readFileSync("examples/wire/tap.yaml", "utf8")).map((one) => one.toJS());

describe("the pod that shows the bytes of the lesson", () => {
  it("has the pinned image, no sidecar and no privileges", () => {
    const { template } = manifests.find(({ kind }) => kind === "Deployment").spec;
    const [{ image, securityContext }] = template.spec.containers;
    assert.equal(image, versions.appBase);
    assert.equal(template.metadata.labels["sidecar.istio.io/inject"], "false");
    assert.equal(securityContext.allowPrivilegeEscalation, false);
    assert.deepEqual(securityContext.capabilities, { drop: ["ALL"] });
  });

  it("is called once by a pod without and once by a pod with a sidecar, and removed", () => {
    const { settings } = parseSettings({});
    assert.ok(settings);
    const wire = lessonSteps(settings, "10.44.0.239").find(({ step }) => step === 8)?.afterwards;
    const callers = (wire?.commands ?? []).filter((command) => command.endsWith("http://tap.wire/"));
    assert.deepEqual(
      callers.map((command) => /inject=(\w+)/.exec(command)?.[1]),
      ["false", "true"],
    );
    assert.equal(wire?.look?.output.length, 4);
    assert.equal(wire?.cleanup, "kubectl delete namespace wire");
  });
});
