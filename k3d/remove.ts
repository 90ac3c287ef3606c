import { setTimeout as pause } from "node:timers/promises";
import { containers, type DockerObject, docker, volumes } from "../host/docker";
import { cacheLabel } from "../model/cluster/imageCache";
import { dockerNames } from "../model/cluster/k3dConfig";
import type { Owner } from "../model/cluster/ownership";
import { type ClusterObjects, ownedObjects } from "../model/cluster/removal";
import { clusterObjects, clustersOf, madeAt } from "./observe";

/** A container of somebody else's in the cluster's network, which only its owner may disconnect. */
class InUse extends Error {}

async function removeNetwork({ ref, name }: DockerObject): Promise<void> {
  const [connected, caches] = await Promise.all([containers(`network=${ref}`), volumes(`label=${cacheLabel}`)]);
  // image caches serve other clusters too, and stay
  const isCache = (container: DockerObject) =>
    container.cache !== "" || caches.some((volume) => volume.name === container.name);
  const others = connected.filter((container) => !isCache(container)).map((container) => container.name);
  if (others.length > 0)
    throw new InUse(
      `the network ${name} stays: containers that this project did not make are connected to it: ${others.join(", ")}; ` +
        `fix: ${others.map((other) => `docker network disconnect ${name} ${other}`).join("; ")}; then run the command again`,
    );
  for (const cache of connected) await docker(["network", "disconnect", "--force", ref, cache.ref]);
  await docker(["network", "rm", ref]);
}

async function removeObjects(
  clusterName: string,
  { containers, network, volumes }: ClusterObjects<DockerObject>,
): Promise<void> {
  const refs = containers.map(({ ref }) => ref);
  if (refs.length > 0) await docker(["rm", "--force", "--volumes", ...refs], 120);
  if (network) await removeNetwork(network);
  // the storage volume last: it proves whose the rest is
  const { storage } = dockerNames(clusterName);
  const names = volumes.map(({ name }) => name).sort((a, b) => Number(a === storage) - Number(b === storage));
  for (const name of names) await docker(["volume", "rm", "--force", name]);
}

const count = ({ containers, network, volumes }: ClusterObjects): number =>
  containers.length + volumes.length + (network ? 1 : 0);

/** Seconds in which at least one object has to go, since a killed command's removal may still be under way. */
const patience = 30;

/**
 * Removes everything of a cluster that belongs to a stack: containers, network and volumes, also of a half-made one.
 *
 * @param legacyGeneration - generation of a cluster without an id that the stack's state is known to hold
 */
export async function remove(clusterName: string, owner: Owner, legacyGeneration?: string): Promise<void> {
  let failed: unknown;
  let left = Number.POSITIVE_INFINITY;
  for (let until = performance.now() + patience * 1000; ; await pause(200)) {
    const owned = ownedObjects(clusterName, await clusterObjects(clusterName), owner, legacyGeneration);
    if (count(owned) === 0) return;
    if (count(owned) < left) until = performance.now() + patience * 1000;
    else if (performance.now() > until || failed instanceof InUse) throw failed;
    left = Math.min(left, count(owned));
    failed = await removeObjects(clusterName, owned).catch((error: unknown) => error);
  }
}

/** Removes every cluster of a stack, and what a killed create left of one. */
export async function removeAllOf(owner: Owner): Promise<void> {
  for (const clusterName of await clustersOf(owner)) await remove(clusterName, owner);
}

/**
 * Removes every cluster that a state of the stack at the same place made, also when that state is lost.
 *
 * @returns the names of those clusters
 */
export async function removeMadeAt(owner: Owner): Promise<string[]> {
  const found = await madeAt(owner);
  const ids = [...new Set(found.map(({ id }) => id))];
  for (const id of ids) await removeAllOf({ ...owner, id });
  return [...new Set(found.map(({ cluster }) => cluster))].filter(Boolean);
}
