import assert from "node:assert/strict";
import { istiodOf } from "../../model/mesh/revisions";
import versions from "../../versions.json";
import { runProgram } from "../support/program";

describe("the program in ambient", () => {
  it("creates the app after istio-cni and ztunnel are ready on every node", async () => {
    const { resources } = await runProgram({ dataplane: "ambient" });
    const waits = (name: string) => resources.find((resource) => resource.name === name)?.after ?? [];
    assert.deepEqual(waits("app"), [
      "mesh-cni",
      "mesh-cni-ready",
      `mesh-${istiodOf(versions.istio)}`,
      "mesh-tag-default",
      "mesh-tag-stable",
      "mesh-validator",
      "mesh-ztunnel",
    ]);
    assert.deepEqual(waits("mesh-cni-ready"), ["mesh-cni"]);
  });

  it("waits for the waypoint by the annotation that istiod itself sets, so that a second up has nothing to update", async () => {
    const { resources } = await runProgram({ dataplane: "ambient", routing: "gateway-api", waypoint: "true" });
    const inputs = (name: string) => resources.find((resource) => resource.name === name)?.inputs ?? {};
    const patch = inputs("app-waypoint-ready") as { metadata: { annotations: Record<string, string> } };
    const gateway = inputs("app-waypoint") as { spec: { infrastructure: { annotations: object } } };
    const { "pulumi.com/patchForce": _, ...annotations } = patch.metadata.annotations;
    assert.deepEqual(annotations, { "pulumi.com/waitFor": "condition=Available" });
    assert.deepEqual(gateway.spec.infrastructure.annotations, annotations);
  });

  it("keeps the waypoint of an earlier version, which belonged to the routes", async () => {
    const { resources } = await runProgram({ dataplane: "ambient", routing: "gateway-api", waypoint: "true" });
    assert.deepEqual(resources.find(({ name }) => name === "app-waypoint")?.formerUrns, [
      "urn:pulumi:test::istio-on-k3d::istio-on-k3d:index:Routing$kubernetes:gateway.networking.k8s.io/v1:Gateway::routing-waypoint",
    ]);
  });
});
