import assert from "node:assert/strict";
import { chooseGeneration, ensureCluster, ensureClusterAbsent } from "../../k3d/lifecycle";
import { removeClustersOf } from "../../k3d/remove";
import { ownershipLabels } from "../../model/cluster/ownership";
import { FakeMachine, type Item, item } from "../support/fakeMachine";
import { all, cluster, inCluster, labelsOf, owner, settings, wanted } from "../support/wantedCluster";

describe("the cluster of a stack", () => {
  const machine = new FakeMachine();
  const calls = async () => machine.state.calls.map((call) => call.split(" ").slice(0, 3).join(" "));
  /** Generation of a cluster that these settings made. */
  const current = async () => (await chooseGeneration(wanted)).generation.replace(/\.new$/, ".1");

  it("is created if it is missing, and everything but k3d's network has the stack's id", async () => {
    const { generation: next, warning } = await chooseGeneration(wanted);
    assert.equal(warning, undefined);
    assert.match(next, /^[0-9a-f]{12}\.new$/);
    await ensureCluster({ ...wanted, generation: next });
    assert.deepEqual(machine.names(), all);
    const { containers, volumes } = machine.state;
    for (const { Names, labels } of [...containers, ...volumes])
      for (const [key, value] of Object.entries(labelsOf(owner))) assert.equal(labels[key], value, Names);
    assert.deepEqual(await chooseGeneration(wanted), { generation: next });
  });

  for (const [what, state, expected] of [
    [
      "paused",
      "paused",
      ["docker unpause id-k3d-istio-server-0", "docker start k3d-istio-registry", "k3d cluster start"],
    ],
    ["stopped", "exited", ["docker start k3d-istio-registry", "k3d cluster start"]],
  ] as const)
    it(`goes on with everything in it when it was ${what}`, async () => {
      const made = await current();
      machine.has(cluster(labelsOf(owner), made, state));
      assert.deepEqual(await chooseGeneration(wanted), { generation: made });
      assert.deepEqual(await calls(), expected);
      assert.deepEqual(machine.names(), all);
    });

  it("is left as it is when it does not answer, and the error names the commands", async () => {
    machine.has({ ...cluster(labelsOf(owner), await current()), kubeconfig: "" });
    const message =
      /^Error: the k3d cluster istio was not ready in 0 s: k3d kubeconfig get: no such cluster; it was left as it is; fix: docker restart k3d-istio-server-0 k3d-istio-agent-0, then npm start; or, to lose it and make a new one: npm run destroy, then npm start$/;
    await assert.rejects(chooseGeneration(wanted), message);
    await assert.rejects(ensureCluster({ ...wanted, generation: await current().catch(() => "") }), message);
    assert.deepEqual(await calls(), []);
  });

  it("is left as it is when a node is not Ready", async () => {
    machine.has(cluster(labelsOf(owner), await current()));
    machine.ready = 1;
    await assert.rejects(chooseGeneration(wanted), /not ready in 0 s: 1 of 2 nodes are Ready; it was left as it is/);
    assert.deepEqual(await calls(), []);
  });

  for (const [what, change, says] of [
    [
      "another setting",
      { agents: 0 },
      "agents changes from 1 to 0. Everything that you put into it is lost, and so are the data of its volumes and the images in its registry.",
    ],
    ["another registry", { registry: false }, "registry changes from true to false"],
  ] as const)
    it(`is replaced for ${what}, after a warning that names the data that will be lost`, async () => {
      const made = await current();
      const before = cluster({ ...labelsOf(owner), [ownershipLabels.settings]: JSON.stringify(settings) }, made);
      machine.has(before);
      const changed = { ...wanted, settings: { ...settings, ...change } };
      const { generation: next, warning } = await chooseGeneration(changed);
      assert.ok(warning?.startsWith(`the k3d cluster istio will be replaced: ${says}`), warning);
      assert.deepEqual(await calls(), []);
      await assert.rejects(
        chooseGeneration({ ...changed, isRolloutRunning: true }),
        /a rollout does not replace it; fix: npm start first/,
      );
      machine.ready = change.agents === 0 ? 1 : 2;
      await ensureCluster({ ...changed, generation: next });
      const { containers } = machine.state;
      assert.equal(containers.find(({ Names }) => Names.includes("server"))?.labels[ownershipLabels.generation], next);
    });

  for (const gone of ["k3d-istio-agent-0", "k3d-istio-registry"])
    it(`is created again when ${gone} is missing`, async () => {
      const { containers, ...rest } = cluster(labelsOf(owner), await current());
      machine.has({ ...rest, containers: containers.filter(({ Names }) => Names !== gone) });
      const { generation: next, warning } = await chooseGeneration(wanted);
      assert.match(next, /\.new$/);
      assert.match(warning ?? "", /will be replaced: a node or the registry is gone/);
    });

  /** One more node of the cluster, as `k3d node create` makes it, with the labels of another node. */
  const added = (labels: Readonly<Record<string, string>>, made: string) =>
    item(
      "k3d-extra-0",
      { ...inCluster, "k3d.role": "agent", ...labels, [ownershipLabels.generation]: made },
      { networks: ["k3d-istio"] },
    );

  it("is used with a node that its user added, and needs that one to be Ready, too", async () => {
    const made = await current();
    const { containers, ...rest } = cluster(labelsOf(owner), made);
    machine.has({ ...rest, containers: [...containers, added(labelsOf(owner), made)] });
    machine.ready = 3;
    assert.deepEqual(await chooseGeneration(wanted), { generation: made });
    machine.ready = 2;
    await assert.rejects(chooseGeneration(wanted), /2 of 3 nodes are Ready; it was left as it is/);
    assert.deepEqual(await calls(), []);
  });

  it("is left as it is, and not said to be gone, while one of its nodes is somebody else's", async () => {
    const { containers, ...rest } = cluster(labelsOf(owner));
    machine.has({ ...rest, containers: [...containers, added({}, "")] });
    const refused = {
      message:
        "the k3d cluster istio has nodes without the id of this stack: k3d-extra-0; it was left as it is; fix: docker rm --force --volumes k3d-extra-0, then run the command again",
    };
    await assert.rejects(chooseGeneration(wanted), refused);
    await assert.rejects(ensureClusterAbsent({ ...wanted, generation: "old" }), refused);
    await assert.rejects(removeClustersOf(owner), refused);
    assert.deepEqual(machine.names(), [...all, "k3d-extra-0"].sort());
    assert.deepEqual(await calls(), []);
  });

  it("is created again when its create was killed before a node ran", async () => {
    machine.has(cluster(labelsOf(owner), await current(), "created"));
    const next = (await chooseGeneration(wanted)).generation;
    await ensureCluster({ ...wanted, generation: next });
    assert.deepEqual(machine.names(), all);
  });

  it("is not deleted for a generation that it replaced, and is for its own", async () => {
    machine.has(cluster(labelsOf(owner)));
    await ensureClusterAbsent({ ...wanted, generation: "before" });
    assert.deepEqual(machine.names(), all);
    await ensureClusterAbsent({ ...wanted, generation: "old" });
    assert.deepEqual(machine.names(), []);
  });

  it("goes with a container's last network connection left to its owner", async () => {
    const { containers, ...rest } = cluster(labelsOf(owner));
    const database = item("my-database", {}, { networks: ["k3d-istio"] });
    machine.has({ ...rest, containers: [...containers, database] });
    await assert.rejects(removeClustersOf(owner), {
      message:
        "the network k3d-istio stays: containers that this project did not make are connected to it: my-database; " +
        "fix: docker network disconnect k3d-istio my-database; then run the command again",
    });
    assert.deepEqual(machine.state.containers, [database]);
    machine.has({ networks: machine.state.networks, volumes: machine.state.volumes });
    await removeClustersOf(owner);
    assert.deepEqual(machine.names(), []);
  });

  it("leaves nothing of a create that was killed between any two of its steps", async () => {
    const { containers, networks, volumes } = cluster(labelsOf(owner));
    const tools = item("k3d-istio-tools", inCluster, { networks: ["k3d-istio"] });
    const steps = [...volumes, ...networks, tools, ...containers];
    for (let n = 1; n <= steps.length; n++) {
      const made = steps.slice(0, n);
      const of = (items: readonly Item[]) => items.filter((each) => made.includes(each));
      machine.has({ containers: of([tools, ...containers]), networks: of(networks), volumes: of(volumes) });
      await removeClustersOf(owner);
      assert.deepEqual(machine.names(), [], `after ${n} steps`);
    }
  });
});

describe("a cluster on a Docker that is slow or down", () => {
  const machine = new FakeMachine();

  for (const fails of ["docker ps", "docker network ls", "docker volume ls"])
    it(`is not created or removed after an error: ${fails}`, async () => {
      const before = cluster(labelsOf(owner));
      machine.has({ ...before, fails: { [fails]: "Cannot connect to the Docker daemon" } });
      const message = /Cannot connect to the Docker daemon/;
      await assert.rejects(chooseGeneration(wanted), message);
      await assert.rejects(ensureCluster({ ...wanted, generation: "old" }), message);
      await assert.rejects(ensureClusterAbsent({ ...wanted, generation: "old" }), message);
      assert.deepEqual(machine.state.calls, []);
      assert.deepEqual(machine.names(), all);
    });
});
