import assert from "node:assert/strict";
import { chmod, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { clustersOf, hasNodes, observe } from "../../k3d/observe";

const container = (role: string, state: string, owner = "") =>
  JSON.stringify({ state, role, cluster: "istio", owner, generation: owner && "one" });
const expected = { clusterName: "istio", agents: 1, registry: true };

describe("what Docker tells of a cluster", () => {
  let folder: string;
  const before = process.env["PATH"];
  beforeEach(async () => {
    folder = await mkdtemp(path.join(tmpdir(), "observe-"));
    process.env["PATH"] = `${folder}${path.delimiter}${before}`;
  });
  afterEach(async () => {
    process.env["PATH"] = before;
    await rm(folder, { recursive: true });
  });

  async function docker(...containers: readonly string[]): Promise<void> {
    const tool = async (name: string, body: string) => {
      await writeFile(path.join(folder, name), `#!/bin/sh\n${body}\n`);
      await chmod(path.join(folder, name), 0o755);
    };
    await writeFile(path.join(folder, "ps"), containers.map((line) => `${line}\n`).join(""));
    await tool("docker", `cat ${folder}/ps`);
    await tool("k3d", "exit 1");
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
