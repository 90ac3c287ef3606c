import assert from "node:assert/strict";
import { account } from "../../host/stateLocation";
import { cached, ensureCaches, removeCaches } from "../../k3d/imageCache";
import { accountLabel, cacheLabel } from "../../model/cluster/imageCache";
import { FakeMachine, item } from "../support/fakeMachine";

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
    assert.deepEqual(await cached(), ["docker.io"]);
    assert.deepEqual(await removeCaches(), [{ host: "docker.io", reason: "the clusters in k3d-other use this cache" }]);
    assert.deepEqual(calls(), []);
    machine.has({ ...state, containers: [item(name, label, { networks: ["bridge"] })] });
    assert.deepEqual(await removeCaches(), []);
    assert.deepEqual(machine.names(), ["k3d-other"]);
  });

  it("serve every account, and are removed only by the one that created them", async () => {
    const theirs = { ...label, [accountLabel]: "you@elsewhere" };
    machine.has({ containers: [item(name, theirs, { State: "running" })], volumes: [item(name, theirs)] });
    await ensureCaches([cache]);
    assert.deepEqual(await cached(), []);
    const reason = `you@elsewhere created this cache; to remove it: docker rm --force ${name}; docker volume rm ${name}`;
    assert.deepEqual(await removeCaches(), [{ host: "docker.io", reason }]);
    assert.deepEqual(calls(), ["docker start"]);
    const ours = { ...label, [accountLabel]: account() };
    machine.has({ containers: [item(name, ours)], volumes: [item(name, ours)] });
    assert.deepEqual(await cached(), ["docker.io"]);
    assert.deepEqual(await removeCaches(), []);
    assert.deepEqual(machine.names(), []);
  });

  it("are unknown, and not none, when Docker does not answer", async () => {
    machine.has({ volumes: [item(name, label)], fails: { "docker volume ls": "Cannot connect" } });
    assert.equal(await cached(), undefined);
    await assert.rejects(removeCaches(), /Cannot connect/);
  });
});
