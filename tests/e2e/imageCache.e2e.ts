import assert from "node:assert/strict";
import { execFileSync, spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import type { DesiredCluster } from "../../k3d/clusterStatus";
import { removeCaches } from "../../k3d/imageCache";
import { chooseGeneration, ensureCluster, ensureClusterAbsent } from "../../k3d/lifecycle";
import { removeClustersCreatedFrom, removeClustersOf } from "../../k3d/remove";
import { cacheContainer } from "../../model/cluster/imageCache";
import { ownerOf, project } from "../../model/names";
import versions from "../../versions.json";
import { leftovers } from "../support/docker";
import { freePorts, freeSubnet } from "../support/free";
import { machineVersion } from "../support/machine";

const name = "e2e-caches";
const registry = "e2e-upstream";
const host = "upstream.test";
const docker = (...args: string[]) => execFileSync("docker", args, { encoding: "utf8" }).trim();
const remove = (container: string) => spawnSync("docker", ["rm", "--force", "--volumes", container]);
/** Address of a registry's container on this host. */
const published = (container: string) => `http://${docker("port", container, "5000/tcp").split("\n")[0]}`;

const blob = Buffer.from("{}");
const digest = `sha256:${createHash("sha256").update(blob).digest("hex")}`;
const descriptor = { mediaType: "application/vnd.oci.image.config.v1+json", size: blob.length, digest };
const manifest = {
  schemaVersion: 2,
  mediaType: "application/vnd.oci.image.manifest.v1+json",
  config: descriptor,
  layers: [],
};

/** Waits until a registry that was just started answers. */
async function answering(url: string): Promise<void> {
  for (const end = Date.now() + 30_000; ; )
    try {
      await fetch(`${url}/v2/`);
      return;
    } catch (error) {
      if (Date.now() > end) throw error;
    }
}

async function push(url: string): Promise<void> {
  const begun = await fetch(`${url}/v2/app/blobs/uploads/`, { method: "POST" });
  const upload = new URL(begun.headers.get("location") ?? "", url);
  upload.searchParams.set("digest", digest);
  const kept = await fetch(upload, {
    method: "PUT",
    body: blob,
    headers: { "content-type": "application/octet-stream" },
  });
  assert.equal(kept.status, 201);
  const headers = { "content-type": manifest.mediaType };
  const tagged = await fetch(`${url}/v2/app/manifests/1`, { method: "PUT", headers, body: JSON.stringify(manifest) });
  assert.equal(tagged.status, 201);
}

/** Status of the image's manifest and of its one blob. */
async function pulled(url: string): Promise<number[]> {
  const accept = { accept: manifest.mediaType };
  const answers = [
    await fetch(`${url}/v2/app/manifests/1`, { headers: accept }),
    await fetch(`${url}/v2/app/blobs/${digest}`),
  ];
  return answers.map(({ status }) => status);
}

describe("the caches of a cluster on the real engine", () => {
  let wanted: DesiredCluster;
  const up = async () => ensureCluster({ ...wanted, ...(await chooseGeneration(wanted)) });
  const cacheOf = () => wanted.settings.caches[0] ?? { host, upstream: "" };
  const cache = () => published(cacheContainer(cacheOf()));

  before(async () => {
    remove(registry);
    docker("run", "--detach", "--name", registry, "--publish", "127.0.0.1::5000", versions.registryImage);
    await answering(published(registry));
    await push(published(registry));
    const address = docker("inspect", "--format", "{{.NetworkSettings.Networks.bridge.IPAddress}}", registry);
    wanted = {
      owner: { stack: ownerOf(project, name), id: "e2e-caches-id", state: "e2e-caches" },
      generation: "first",
      settings: {
        clusterName: name,
        agents: 0,
        ...(await freePorts()),
        subnet: freeSubnet(name),
        registry: false,
        registryMirrors: "none",
        caches: [{ host, upstream: `http://${address}:5000` }],
        k3sVersion: await machineVersion("k3sVersion"),
      },
    };
    await removeClustersCreatedFrom(wanted.owner);
    await removeCaches(host);
  });
  after(async () => {
    await removeClustersOf(wanted.owner);
    await removeCaches(host);
    remove(registry);
  });

  it("are in the cluster's network, and fetch for it what it asks for", async () => {
    await up();
    const networks = docker("inspect", "--format", "{{json .NetworkSettings.Networks}}", cacheContainer(cacheOf()));
    assert.ok(`k3d-${name}` in JSON.parse(networks), networks);
    assert.deepEqual(await pulled(cache()), [200, 200]);
  });

  it("stay when the cluster goes, which leaves nothing else", async () => {
    await ensureClusterAbsent({ ...wanted, ...(await chooseGeneration(wanted)) });
    assert.deepEqual(leftovers(name), []);
    assert.deepEqual(await pulled(cache()), [200, 200]);
  });

  it("are started for the next cluster, and give it what they have, also when the registry itself is gone meanwhile", async () => {
    docker("stop", cacheContainer(cacheOf()));
    await up();
    await answering(cache());
    remove(registry);
    assert.deepEqual(await pulled(cache()), [200, 200]);
  });
});
