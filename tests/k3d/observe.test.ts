import assert from "node:assert/strict";
import { writeFile } from "node:fs/promises";
import { clustersOf, hasNodes, observe } from "../../k3d/observe";
import { Stubs } from "../support/stubs";

const container = (role: string, state: string, owner = "") =>
  JSON.stringify({ state, role, cluster: "istio", owner, generation: owner && "one" });
const expected = { clusterName: "istio", agents: 1, registry: true };

describe("what Docker tells of a cluster", () => {
  const stubs = new Stubs();

  async function docker(...containers: readonly string[]): Promise<void> {
    await writeFile(stubs.file("ps"), containers.map((line) => `${line}\n`).join(""));
    await stubs.program("docker", `cat ${stubs.file("ps")}`);
    await stubs.program("k3d", "exit 1");
  }

  it("is none where it has no container", async () => {
    await docker();
    const observed = { owners: [], running: 0, expected: 2, registry: "gone", generation: undefined };
    assert.deepEqual(await observe(expected, 0), observed);
    assert.equal(await hasNodes("istio"), false);
  });

  it("names its owner and generation, and what of it is stopped", async () => {
    await docker(
      container("server", "running", "us"),
      container("agent", "exited", "us"),
      container("registry", "created"),
    );
    const observed = { owners: ["us", "us"], running: 1, expected: 2, registry: "stopped", generation: "one" };
    assert.deepEqual(await observe(expected, 0), observed);
    assert.deepEqual(await clustersOf("us"), ["istio"]);
  });

  it("counts a frozen node as running, whose API server then does not answer", async () => {
    await docker(container("server", "paused"), container("agent", "running"), container("loadbalancer", "running"));
    const { owners, running, healthy } = await observe(expected, 0);
    assert.deepEqual({ owners, running, healthy }, { owners: [undefined, undefined], running: 2, healthy: false });
  });
});
