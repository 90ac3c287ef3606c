import assert from "node:assert/strict";
import { ensure, ensureAbsent, generation } from "../../k3d/lifecycle";
import type { Wanted } from "../../k3d/look";
import { removeAllOf, removeMadeAt } from "../../k3d/remove";
import { ownershipLabels } from "../../model/cluster/ownership";
import { FakeMachine, type Item, item } from "../support/fakeMachine";
import { owner, settings } from "../support/wantedCluster";

const otherClone = { ...owner, id: "22222222", state: "me@host:/src/b/.state" };
const otherUser = { ...owner, id: "33333333", state: "you@host:/src/a/.state" };
const lost = { ...owner, id: "44444444" };

const wanted: Wanted = { settings, owner, generation: "new", patience: 0 };

const labelsOf = ({ stack, id, state }: typeof owner) => ({
  [ownershipLabels.stack]: stack,
  [ownershipLabels.id]: id,
  [ownershipLabels.state]: state,
});
const inCluster = { app: "k3d", "k3d.cluster": "istio" };

/** A whole cluster, by its owner's labels; an earlier version's has no id and no registry label. */
function cluster(labels: Readonly<Record<string, string>>, made = "old", state = "running") {
  const node = (name: string, role: string) =>
    item(
      name,
      { ...inCluster, "k3d.role": role, ...labels, [ownershipLabels.generation]: made },
      { State: state, networks: ["k3d-istio"] },
    );
  const part = { ...inCluster, ...labels };
  return {
    containers: [
      node("k3d-istio-server-0", "server"),
      node("k3d-istio-agent-0", "agent"),
      item("k3d-istio-registry", { ...part, "k3d.role": "registry" }, { State: state, networks: ["k3d-istio"] }),
    ],
    networks: [item("k3d-istio", { app: "k3d" })],
    volumes: [item("k3d-istio-storage", part), item("k3d-istio-images", part)],
  };
}

const all = [
  "k3d-istio",
  "k3d-istio-agent-0",
  "k3d-istio-images",
  "k3d-istio-registry",
  "k3d-istio-server-0",
  "k3d-istio-storage",
];

describe("the cluster of a stack", () => {
  const machine = new FakeMachine();
  const calls = async () => machine.state.calls.map((call) => call.split(" ").slice(0, 3).join(" "));
  /** Generation of a cluster that these settings made. */
  const current = async () => (await generation(wanted)).generation.replace(/\.new$/, ".1");

  it("is made when there is none, and everything but k3d's network carries the stack's id", async () => {
    const { generation: next, warning } = await generation(wanted);
    assert.equal(warning, undefined);
    assert.match(next, /^[0-9a-f]{12}\.new$/);
    await ensure({ ...wanted, generation: next });
    assert.deepEqual(machine.names(), all);
    const { containers, volumes } = machine.state;
    for (const { Names, labels } of [...containers, ...volumes])
      for (const [key, value] of Object.entries(labelsOf(owner))) assert.equal(labels[key], value, Names);
    assert.deepEqual(await generation(wanted), { generation: next });
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
      assert.deepEqual(await generation(wanted), { generation: made });
      assert.deepEqual(await calls(), expected);
      assert.deepEqual(machine.names(), all);
    });

  it("is left as it is when it does not answer, and the error names the commands", async () => {
    machine.has({ ...cluster(labelsOf(owner), await current()), kubeconfig: "" });
    const said =
      /^Error: the k3d cluster istio was not ready in 0 s: k3d kubeconfig get: no such cluster; it was left as it is; fix: docker restart k3d-istio-server-0 k3d-istio-agent-0, then npm start; or, to lose it and make a new one: npm run destroy, then npm start$/;
    await assert.rejects(generation(wanted), said);
    await assert.rejects(ensure({ ...wanted, generation: await current().catch(() => "") }), said);
    assert.deepEqual(await calls(), []);
  });

  it("is left as it is when a node is not Ready", async () => {
    machine.has(cluster(labelsOf(owner), await current()));
    machine.ready = 1;
    await assert.rejects(generation(wanted), /not ready in 0 s: 1 of 2 nodes are Ready; it was left as it is/);
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
    it(`is replaced for ${what}, after a warning that says what will be lost`, async () => {
      const made = await current();
      const before = cluster({ ...labelsOf(owner), [ownershipLabels.settings]: JSON.stringify(settings) }, made);
      machine.has(before);
      const changed = { ...wanted, settings: { ...settings, ...change } };
      const { generation: next, warning } = await generation(changed);
      assert.ok(warning?.startsWith(`the k3d cluster istio will be replaced: ${says}`), warning);
      assert.deepEqual(await calls(), []);
      await assert.rejects(
        generation({ ...changed, keep: true }),
        /a rollout does not replace it; fix: npm start first/,
      );
      machine.ready = change.agents === 0 ? 1 : 2;
      await ensure({ ...changed, generation: next });
      const { containers } = machine.state;
      assert.equal(containers.find(({ Names }) => Names.includes("server"))?.labels[ownershipLabels.generation], next);
    });

  for (const gone of ["k3d-istio-agent-0", "k3d-istio-registry"])
    it(`is made again when ${gone} is gone`, async () => {
      const { containers, ...rest } = cluster(labelsOf(owner), await current());
      machine.has({ ...rest, containers: containers.filter(({ Names }) => Names !== gone) });
      const { generation: next, warning } = await generation(wanted);
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
    assert.deepEqual(await generation(wanted), { generation: made });
    machine.ready = 2;
    await assert.rejects(generation(wanted), /2 of 3 nodes are Ready; it was left as it is/);
    assert.deepEqual(await calls(), []);
  });

  it("is left as it is, and not said to be gone, while one of its nodes is somebody else's", async () => {
    const { containers, ...rest } = cluster(labelsOf(owner));
    machine.has({ ...rest, containers: [...containers, added({}, "")] });
    const refused = {
      message:
        "the k3d cluster istio has nodes without the id of this stack: k3d-extra-0; it was left as it is; fix: docker rm --force --volumes k3d-extra-0, then run the command again",
    };
    await assert.rejects(generation(wanted), refused);
    await assert.rejects(ensureAbsent({ ...wanted, generation: "old" }), refused);
    await assert.rejects(removeAllOf(owner), refused);
    assert.deepEqual(machine.names(), [...all, "k3d-extra-0"].sort());
    assert.deepEqual(await calls(), []);
  });

  it("is made again when its create was killed before a node ran", async () => {
    machine.has(cluster(labelsOf(owner), await current(), "created"));
    const next = (await generation(wanted)).generation;
    await ensure({ ...wanted, generation: next });
    assert.deepEqual(machine.names(), all);
  });

  it("is not deleted for a generation that it replaced, and is for its own", async () => {
    machine.has(cluster(labelsOf(owner)));
    await ensureAbsent({ ...wanted, generation: "before" });
    assert.deepEqual(machine.names(), all);
    await ensureAbsent({ ...wanted, generation: "old" });
    assert.deepEqual(machine.names(), []);
  });

  it("goes with a container's last network connection left to its owner", async () => {
    const { containers, ...rest } = cluster(labelsOf(owner));
    const database = item("my-database", {}, { networks: ["k3d-istio"] });
    machine.has({ ...rest, containers: [...containers, database] });
    await assert.rejects(removeAllOf(owner), {
      message:
        "the network k3d-istio stays: containers that this project did not make are connected to it: my-database; " +
        "fix: docker network disconnect k3d-istio my-database; then run the command again",
    });
    assert.deepEqual(machine.state.containers, [database]);
    machine.has({ networks: machine.state.networks, volumes: machine.state.volumes });
    await removeAllOf(owner);
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
      await removeAllOf(owner);
      assert.deepEqual(machine.names(), [], `after ${n} steps`);
    }
  });
});

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
        await assert.rejects(generation(wanted), rejection);
        await assert.rejects(ensure({ ...wanted, generation: "old" }), rejection);
        await ensureAbsent({ ...wanted, generation: "old" });
        await removeAllOf(owner);
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
      assert.deepEqual(await removeMadeAt({ stack: owner.stack, state: owner.state }), removed);
      if (removed.length === 0) await untouched(before);
      else assert.deepEqual(machine.names(), []);
    }
  });

  it("is taken over once when an earlier version made it and the state holds it", async () => {
    machine.has(cluster({ [ownershipLabels.stack]: owner.stack }));
    const legacy = { ...wanted, legacyGeneration: "old" };
    const { generation: next, warning } = await generation(legacy);
    assert.match(warning ?? "", /will be replaced: .*this version of the project makes it in another way/);
    await ensure({ ...legacy, generation: next });
    const { containers, volumes } = machine.state;
    for (const { labels } of [...containers, ...volumes]) assert.equal(labels[ownershipLabels.id], owner.id);
  });

  it("is deleted by the state that holds it when an earlier version made it", async () => {
    machine.has(cluster({ [ownershipLabels.stack]: owner.stack }));
    const { id: _, ...unnamed } = owner;
    await ensureAbsent({ ...wanted, owner: unnamed, generation: "old", legacyGeneration: "old" });
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
      await assert.rejects(generation(wanted), said);
      await assert.rejects(ensure({ ...wanted, generation: "x" }), said);
      await ensureAbsent({ ...wanted, generation: "x" });
      await removeAllOf(owner);
      await removeMadeAt(owner);
      await untouched(before);
    });

  it("gets the name when two stacks make their first cluster at the same time, and the other is refused", async () => {
    machine.has({ volumes: [item("k3d-istio-storage", { ...inCluster, ...labelsOf(otherClone) })] });
    await assert.rejects(
      ensure({ ...wanted, generation: "x" }),
      /belongs to stack dev with its state in me@host:\/src\/b/,
    );
  });
});

describe("a Docker that is slow or down", () => {
  const machine = new FakeMachine();

  for (const fails of ["docker ps", "docker network ls", "docker volume ls"])
    it(`is no reason to make or remove anything: ${fails}`, async () => {
      const before = cluster(labelsOf(owner));
      machine.has({ ...before, fails: { [fails]: "Cannot connect to the Docker daemon" } });
      const said = /Cannot connect to the Docker daemon/;
      await assert.rejects(generation(wanted), said);
      await assert.rejects(ensure({ ...wanted, generation: "old" }), said);
      await assert.rejects(ensureAbsent({ ...wanted, generation: "old" }), said);
      assert.deepEqual(machine.state.calls, []);
      assert.deepEqual(machine.names(), all);
    });
});
