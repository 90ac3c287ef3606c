import assert from "node:assert/strict";
import { account } from "../../host/stateLocation";
import { cachedRegistries, ensureCaches, removeCaches } from "../../k3d/imageCache";
import { removeClustersOf } from "../../k3d/remove";
import { accountLabel, cacheLabel } from "../../model/cluster/imageCache";
import { FakeMachine, item } from "../support/fakeMachine";
import { cluster, labelsOf, owner } from "../support/wantedCluster";

const cache = { host: "docker.io", upstream: "https://registry-1.docker.io" };
const name = "k3d-istio-on-k3d-docker.io";
const label = { [cacheLabel]: "docker.io" };

describe("the caches of images on this machine", () => {
  const machine = new FakeMachine();
  const calls = () => machine.state.calls.map((call) => call.split(" ").slice(0, 2).join(" "));

  it("are created if they are missing, with a label on the container and on the volume", async () => {
    await ensureCaches([cache]);
    assert.deepEqual(machine.names(), [name, name]);
    for (const { labels } of [...machine.state.containers, ...machine.state.volumes])
      assert.deepEqual([labels[cacheLabel], labels[accountLabel]], ["docker.io", account()]);
    assert.match(machine.state.containers[0]?.env ?? "", /^REGISTRY_PROXY_REMOTEURL=https:\/\/registry-1\.docker\.io$/);
  });

  for (const [state, command] of [
    ["running", "docker start"],
    ["exited", "docker start"],
    ["paused", "docker unpause"],
  ] as const)
    it(`are kept with everything in them when they are ${state}`, async () => {
      machine.has({ containers: [item(name, label, { State: state })], volumes: [item(name, label)] });
      await ensureCaches([cache]);
      assert.deepEqual(calls(), [command]);
      assert.deepEqual(
        machine.state.containers.map(({ State }) => State),
        ["running"],
      );
    });

  it("are adopted if an earlier version created them, which labelled only the volume", async () => {
    const env = `REGISTRY_PROXY_REMOTEURL=${cache.upstream}`;
    machine.has({ containers: [item(name, { app: "k3d" }, { env })], volumes: [item(name, label)] });
    await ensureCaches([cache]);
    assert.deepEqual(calls(), ["docker start"]);
    const other = item(name, { app: "k3d" }, { env: "REGISTRY_PROXY_REMOTEURL=https://mirror.test" });
    machine.has({ containers: [other], volumes: [item(name, label)] });
    await ensureCaches([cache]);
    assert.deepEqual(calls(), ["docker rm", "docker volume", "docker run"]);
  });

  for (const [kind, things] of [
    ["container", { containers: [item(name, { app: "k3d" })] }],
    ["volume", { volumes: [item(name)] }],
  ] as const)
    it(`leave a ${kind} of the name alone that somebody else made`, async () => {
      machine.has(things);
      await assert.rejects(ensureCaches([cache]), {
        message: new RegExp(
          `^imageCache = true needs the name ${name}, which a ${kind} has that this project did not make; it was left untouched; fix: npm run pulumi -- config set imageCache false`,
        ),
      });
      assert.deepEqual(await removeCaches(), []);
      assert.deepEqual(calls(), []);
      assert.deepEqual(machine.names(), [name]);
    });

  it("go with their volumes when no cluster uses them, and stay when one does", async () => {
    const used = item(name, label, { networks: ["bridge", "k3d-other"] });
    const state = { volumes: [item(name, label)], networks: [item("k3d-other", { app: "k3d" })] };
    machine.has({ ...state, containers: [used] });
    assert.deepEqual(await cachedRegistries(), ["docker.io"]);
    assert.deepEqual(await removeCaches(), [{ host: "docker.io", reason: "the clusters in k3d-other use this cache" }]);
    assert.deepEqual(calls(), []);
    machine.has({ ...state, containers: [item(name, label, { networks: ["bridge"] })] });
    assert.deepEqual(await removeCaches(), []);
    assert.deepEqual(machine.names(), ["k3d-other"]);
  });

  it("get a new container, with the same images and clusters, if the old one cannot start", async () => {
    const networks = ["bridge", "k3d-gone", "k3d-other"];
    machine.has({
      containers: [item(name, label, { State: "exited", networks })],
      volumes: [item(name, label)],
      networks: [item("k3d-other", { app: "k3d" })],
    });
    await ensureCaches([cache]);
    assert.deepEqual(
      machine.state.containers.map(({ Names, State, networks }) => [Names, State, networks]),
      [[name, "running", ["bridge", "k3d-other"]]],
    );
    assert.deepEqual(machine.state.volumes, [item(name, label)]);
  });

  it("are refused, with the command that shows why, while they do not answer", async () => {
    machine.has({ fails: { "docker port": "No public port" } });
    await assert.rejects(ensureCaches([cache], undefined, 0), {
      message:
        `imageCache = true: after 0 s no answer from ${name}; an image cache does not start while its registry cannot be reached; ` +
        `see: docker logs ${name}; fix: the network, or, to pull without caches: npm run pulumi -- config set imageCache false`,
    });
  });

  // Docker restarts a cache again and again while its registry cannot be reached
  for (const [state, lacksNetworkId, end] of [
    ["running", false, "running"],
    ["restarting", false, "running"],
    ["restarting", true, "running"],
    ["created", true, "created"],
  ] as const)
    it(`leave the network of a removed cluster, and stay, while ${state}${lacksNetworkId ? ", also when Docker does not list them by its id" : ""}`, async () => {
      const { containers, networks, volumes } = cluster(labelsOf(owner));
      const used = item(name, label, { State: state, networks: ["bridge", "k3d-istio"], lacksNetworkId });
      machine.has({ networks, containers: [...containers, used], volumes: [...volumes, item(name, label)] });
      await removeClustersOf(owner);
      assert.deepEqual(machine.state.containers, [{ ...used, State: end, networks: ["bridge"] }]);
      assert.deepEqual(machine.state.networks, []);
    });

  it("serve every account, and are removed only by the one that created them", async () => {
    const theirs = { ...label, [accountLabel]: "you@elsewhere" };
    machine.has({ containers: [item(name, theirs, { State: "running" })], volumes: [item(name, theirs)] });
    await ensureCaches([cache]);
    assert.deepEqual(await cachedRegistries(), []);
    const reason = `you@elsewhere created this cache; to remove it: docker rm --force ${name}; docker volume rm ${name}`;
    assert.deepEqual(await removeCaches(), [{ host: "docker.io", reason }]);
    assert.deepEqual(calls(), ["docker start"]);
    const ours = { ...label, [accountLabel]: account() };
    machine.has({ containers: [item(name, ours)], volumes: [item(name, ours)] });
    assert.deepEqual(await cachedRegistries(), ["docker.io"]);
    assert.deepEqual(await removeCaches(), []);
    assert.deepEqual(machine.names(), []);
  });

  it("are unknown, and not none, when Docker does not answer", async () => {
    machine.has({ volumes: [item(name, label)], fails: { "docker volume ls": "Cannot connect" } });
    assert.equal(await cachedRegistries(), undefined);
    await assert.rejects(removeCaches(), /Cannot connect/);
  });
});
