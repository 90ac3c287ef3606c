import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { randomUUID } from "node:crypto";
import { existsSync, readFileSync } from "node:fs";
import { type AddressInfo, createServer } from "node:net";
import { homedir } from "node:os";
import path from "node:path";
import type { DesiredCluster } from "../../k3d/clusterStatus";
import { chooseGeneration, ensureCluster, ensureClusterAbsent, registryAddress } from "../../k3d/lifecycle";
import { removeClustersCreatedFrom, removeClustersOf } from "../../k3d/remove";
import { ownerOf, project } from "../../model/names";
import { leftovers } from "../support/docker";
import { freePorts, freeSubnet } from "../support/free";
import { machineVersion } from "../support/machine";

const name = "e2e-cluster";
const docker = (...args: string[]) => execFileSync("docker", args, { encoding: "utf8" }).trim();
const registry = "k3d-e2e-cluster-registry";
const server = () => docker("inspect", "--format", "{{.Id}}", "k3d-e2e-cluster-server-0");
const kubeconfig = () => {
  const file = path.join(homedir(), ".kube", "config");
  return existsSync(file) ? readFileSync(file, "utf8") : undefined;
};

describe("a cluster on the real engine", () => {
  let wanted: DesiredCluster;
  let made: DesiredCluster;
  let context: string | undefined;

  before(async () => {
    context = kubeconfig();
    wanted = {
      owner: { stack: ownerOf(project, name), id: "e2e-cluster-id", state: "e2e-cluster" },
      generation: "first",
      settings: {
        clusterName: name,
        agents: 1,
        ...(await freePorts()),
        subnet: freeSubnet(name),
        registry: true,
        registryMirrors: "none",
        caches: [],
        k3sVersion: await machineVersion("k3sVersion"),
      },
    };
    await removeClustersCreatedFrom(wanted.owner);
    made = { ...wanted, ...(await chooseGeneration(wanted)) };
    await ensureCluster(made);
  });
  after(() => removeClustersOf(wanted.owner));

  /** Breaks the cluster, runs what an up runs, and answers whether the cluster is another one after it. */
  async function repaired(damage: () => unknown): Promise<boolean> {
    const before = server();
    damage();
    const next = { ...wanted, ...(await chooseGeneration({ ...wanted, generation: randomUUID() })) };
    await ensureCluster(next);
    made = next;
    return server() !== before;
  }

  it("leaves the user's kube context alone", () => {
    assert.equal(kubeconfig(), context);
  });

  it("is adopted while it is healthy", async () => {
    assert.equal(await repaired(() => {}), false);
  });

  it("is started with all that is in it when it was stopped", async () => {
    assert.equal(await repaired(() => docker("stop", "k3d-e2e-cluster-server-0", "k3d-e2e-cluster-agent-0")), false);
  });

  it("is resumed with everything in it when it was paused", async () => {
    assert.equal(await repaired(() => docker("pause", "k3d-e2e-cluster-server-0", "k3d-e2e-cluster-agent-0")), false);
  });

  it("gets a stopped agent back", async () => {
    assert.equal(await repaired(() => docker("stop", "k3d-e2e-cluster-agent-0")), false);
  });

  it("gets its registry back when that was stopped", async () => {
    assert.equal(await repaired(() => docker("stop", registry)), false);
    assert.match((await registryAddress(made)) ?? "", /^localhost:\d+$/);
  });

  it("is made again when a node was removed", async () => {
    assert.equal(await repaired(() => docker("rm", "--force", "--volumes", "k3d-e2e-cluster-agent-0")), true);
  });

  it("is made again when it was deleted by hand", async () => {
    const before = made.generation;
    docker("rm", "--force", "--volumes", "k3d-e2e-cluster-agent-0", "k3d-e2e-cluster-server-0");
    made = { ...wanted, ...(await chooseGeneration({ ...wanted, generation: "second" })) };
    assert.notEqual(made.generation, before);
    await ensureCluster(made);
  });

  it("is not deleted on behalf of the generation that it replaced", async () => {
    await ensureClusterAbsent({ ...made, generation: "gone" });
    assert.ok(server());
  });

  for (const [what, taken] of [
    ["port", (held: DesiredCluster["settings"]) => ({ httpPort: held.httpPort })],
    ["subnet", (held: DesiredCluster["settings"]) => ({ subnet: held.subnet })],
  ] as const)
    it(`says of a second one with its ${what} which key that is, and leaves nothing of it`, async () => {
      const settings = { ...wanted.settings, clusterName: "e2e-second", ...(await freePorts()) };
      const own = { ...settings, subnet: freeSubnet("e2e-second"), ...taken(wanted.settings) };
      const second = { ...wanted, owner: { ...wanted.owner, id: "e2e-second-id" }, settings: own };
      const refusal = /^Error: (httpPort = \d+ is taken|subnet = "[\d./]+" overlaps)/;
      await assert.rejects(chooseGeneration(second), refusal);
      // as it would be where something took it after that
      await assert.rejects(ensureCluster(second), refusal);
      await ensureClusterAbsent(second);
      assert.deepEqual(leftovers("e2e-second"), []);
    });

  it("stays as it is where the one that was to replace it cannot be made", async () => {
    const before = server();
    const taken = createServer();
    await new Promise<void>((resolve) => taken.listen(0, "127.0.0.1", resolve));
    const settings = { ...wanted.settings, httpsPort: (taken.address() as AddressInfo).port };
    await assert.rejects(chooseGeneration({ ...wanted, settings }), /^Error: httpsPort = \d+ is taken on 127\.0\.0\.1/);
    taken.close();
    assert.equal(server(), before);
  });

  it("is refused and left untouched when it is another's, though the stack has the same name", async () => {
    const other = { ...made, owner: { ...made.owner, id: "e2e-other-id", state: "elsewhere" } };
    await assert.rejects(ensureCluster(other), {
      message:
        'clusterName = "e2e-cluster" is taken: the k3d cluster e2e-cluster belongs to stack e2e-cluster with its state in e2e-cluster; ' +
        "it was left untouched; fix: npm run pulumi -- config set clusterName e2e-cluster-2 --stack e2e-cluster; " +
        "or, to remove it with all its contents: k3d cluster delete e2e-cluster",
    });
    const before = server();
    await ensureClusterAbsent(other);
    await removeClustersOf(other.owner);
    await removeClustersCreatedFrom(other.owner);
    assert.equal(server(), before);
  });

  it("leaves nothing of one whose making was killed, of which no state tells", async () => {
    docker("rm", "--force", "--volumes", registry, "k3d-e2e-cluster-agent-0");
    await removeClustersOf(wanted.owner);
    assert.deepEqual(leftovers(name), []);
    await ensureCluster(made);
  });

  it("leaves no container, network or volume, also when it is deleted by two at once, and then again", async () => {
    await Promise.all([removeClustersOf(wanted.owner), ensureClusterAbsent(made)]);
    await ensureClusterAbsent(made);
    assert.deepEqual(leftovers(name), []);
  });
});
