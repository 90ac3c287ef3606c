import assert from "node:assert/strict";
import versions from "../../versions.json";
import { order } from "../bench/sequential";
import { runProgram } from "../support/program";

describe("the script of the benchmark", () => {
  it("makes every Kubernetes resource that the program makes", async () => {
    const { resources } = await runProgram();
    // a read is no resource of its own
    const inCluster = resources.filter(({ type, name }) => type.startsWith("kubernetes:") && name !== "mesh-ingress");
    // the script issues the certificate and writes its Secret in one step
    const names = inCluster.map(({ name }) => (name === "certificates-credential" ? "certificate" : name));
    assert.deepEqual(names.sort(), order(versions.istio).sort());
  });
});
