import assert from "node:assert/strict";
import { chooseGeneration, ensureCluster, ensureClusterAbsent } from "../../k3d/lifecycle";
import { removeClustersCreatedFrom, removeClustersOf } from "../../k3d/remove";
import { ownershipLabels } from "../../model/cluster/ownership";
import { FakeMachine, item } from "../support/fakeMachine";
import { cluster, inCluster, labelsOf, owner, wanted } from "../support/wantedCluster";

const otherClone = { ...owner, id: "22222222", state: "me@host:/src/b/.state" };
const otherUser = { ...owner, id: "33333333", state: "you@host:/src/a/.state" };
const lost = { ...owner, id: "44444444" };

describe("a cluster that is not the stack's", () => {
  const machine = new FakeMachine();
  const untouched = async (before: object) => {
    const { containers, networks, volumes, calls } = machine.state;
    assert.deepEqual({ containers, networks, volumes }, before);
    assert.deepEqual(calls, []);
  };

  for (const [what, labels, said] of [
    [
      "another checkout's",
      labelsOf(otherClone),
      'clusterName = "istio" is taken: the k3d cluster istio belongs to stack dev with its state in me@host:/src/b/.state; it was left untouched; fix: npm run pulumi -- config set clusterName istio-2; or, to remove it with all its contents: k3d cluster delete istio',
    ],
    ["another user's", labelsOf(otherUser), /belongs to stack dev with its state in you@host:/],
    [
      "another stack's",
      labelsOf({ ...owner, stack: "istio-on-k3d/ci", id: "5" }),
      /belongs to stack ci with its state/,
    ],
    ["one that k3d made", {}, /belongs to something that this project did not make; it was left untouched/],
    [
      "one of a lost state",
      labelsOf(lost),
      "the k3d cluster istio was made by this stack (istio-on-k3d/dev) before its state in me@host:/src/a/.state was lost or replaced; it was left untouched; fix: npm run destroy removes it, then npm start",
    ],
    [
      "one without an id that no state holds",
      { [ownershipLabels.stack]: owner.stack },
      /made by an earlier version of this project for a stack of the same name, and nothing proves that it is this one's; it was left untouched; fix: npm start takes it over if this stack's state holds it \(with plain Pulumi: ISTIO_ON_K3D_TAKE_OVER=old pulumi up\)/,
    ],
  ] as const)
    for (const state of ["running", "paused", "exited"])
      it(`is refused and left untouched: ${what}, ${state}`, async () => {
        const before = cluster(labels, "old", state);
        machine.has(before);
        const rejection = typeof said === "string" ? { message: said } : said;
        await assert.rejects(chooseGeneration(wanted), rejection);
        await assert.rejects(ensureCluster({ ...wanted, generation: "old" }), rejection);
        await ensureClusterAbsent({ ...wanted, generation: "old" });
        await removeClustersOf(owner);
        await untouched(before);
      });

  it("is removed by destroy when a lost state of the same stack in the same place made it, and only then", async () => {
    for (const [labels, removed] of [
      [labelsOf(lost), ["istio"]],
      [labelsOf(otherClone), []],
      [labelsOf(otherUser), []],
      [labelsOf({ ...lost, stack: "istio-on-k3d/ci" }), []],
      [{ [ownershipLabels.stack]: owner.stack }, []],
    ] as const) {
      const before = cluster(labels);
      machine.has(before);
      assert.deepEqual(await removeClustersCreatedFrom({ stack: owner.stack, state: owner.state }), removed);
      if (removed.length === 0) await untouched(before);
      else assert.deepEqual(machine.names(), []);
    }
  });

  it("is adopted once if an earlier version created it and it is in the state", async () => {
    machine.has(cluster({ [ownershipLabels.stack]: owner.stack }));
    const legacy = { ...wanted, legacyGeneration: "old" };
    const { generation: next, warning } = await chooseGeneration(legacy);
    assert.match(warning ?? "", /will be replaced: .*this version of the project makes it in another way/);
    await ensureCluster({ ...legacy, generation: next });
    const { containers, volumes } = machine.state;
    for (const { labels } of [...containers, ...volumes]) assert.equal(labels[ownershipLabels.id], owner.id);
  });

  it("is deleted by the stack whose state has it if an earlier version created it", async () => {
    machine.has(cluster({ [ownershipLabels.stack]: owner.stack }));
    const { id: _, ...unnamed } = owner;
    await ensureClusterAbsent({ ...wanted, owner: unnamed, generation: "old", legacyGeneration: "old" });
    assert.deepEqual(machine.names(), []);
  });

  for (const [what, things, said] of [
    [
      "registry",
      { containers: [item("k3d-istio-registry", { app: "k3d", "k3d.role": "registry" })] },
      /the container k3d-istio-registry belongs to something that this project did not make; it was left untouched; fix: npm run pulumi -- config set clusterName istio-2; or, to remove it with all its contents: docker rm --force --volumes k3d-istio-registry$/,
    ],
    [
      "network",
      {
        networks: [item("k3d-istio")],
        containers: [item("my-database", {}, { networks: ["k3d-istio"] })],
      },
      /the network k3d-istio belongs to something .* docker network rm k3d-istio$/,
    ],
    [
      "volume",
      { volumes: [item("k3d-istio-storage", { mine: "yes" })] },
      /the volume k3d-istio-storage belongs to something .* docker volume rm k3d-istio-storage$/,
    ],
    [
      "volume of an earlier checkout",
      { volumes: [item("k3d-istio-storage", { ...inCluster, ...labelsOf(otherClone) })] },
      /the volume k3d-istio-storage belongs to stack dev with its state in me@host:\/src\/b\/\.state/,
    ],
    ["container", { containers: [item("k3d-istio-agent-0")] }, /the container k3d-istio-agent-0 belongs to something/],
  ] as const)
    it(`keeps its ${what} of the name that a new cluster would use`, async () => {
      const before = Object.assign({ containers: [], networks: [], volumes: [] }, things);
      machine.has(before);
      await assert.rejects(chooseGeneration(wanted), said);
      await assert.rejects(ensureCluster({ ...wanted, generation: "x" }), said);
      await ensureClusterAbsent({ ...wanted, generation: "x" });
      await removeClustersOf(owner);
      await removeClustersCreatedFrom(owner);
      await untouched(before);
    });

  it("belongs to one of two stacks that create their first cluster at the same time, and the other one fails", async () => {
    machine.has({ volumes: [item("k3d-istio-storage", { ...inCluster, ...labelsOf(otherClone) })] });
    await assert.rejects(
      ensureCluster({ ...wanted, generation: "x" }),
      /belongs to stack dev with its state in me@host:\/src\/b/,
    );
  });
});
