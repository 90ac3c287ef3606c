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

  it("keeps the waypoint of an earlier version, which belonged to the routes", async () => {
    const { resources } = await runProgram({ dataplane: "ambient", routing: "gateway-api", waypoint: "true" });
    assert.deepEqual(resources.find(({ name }) => name === "app-waypoint")?.formerUrns, [
      "urn:pulumi:test::istio-on-k3d::istio-on-k3d:index:Routing$kubernetes:gateway.networking.k8s.io/v1:Gateway::routing-waypoint",
    ]);
  });
});
