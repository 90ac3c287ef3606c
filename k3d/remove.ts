import { type DockerObject, docker } from "../host/docker";
import { poll } from "../host/wait";
import { dockerNames } from "../model/cluster/k3dConfig";
import type { Owner } from "../model/cluster/ownership";
import { type ClusterObjects, ownedObjects } from "../model/cluster/removal";
import { clusterObjects, clustersOf, objectsCreatedFrom } from "./observe";
import { cachesIn, InUse, refuseMixed } from "./removable";
import { removeK3dLeftovers } from "./runK3d";

/** Takes an image cache out of a network. It goes on serving other clusters. */
async function disconnectCache({ ref }: DockerObject, network: DockerObject): Promise<void> {
  const leave = () => docker(["network", "disconnect", "--force", network.ref, ref]);
  // Docker refuses this for a container that it is restarting, as it does for a cache that does not reach its registry
  await leave().catch(async () => {
    await docker(["stop", ref]);
    await leave().finally(() => docker(["start", ref]));
  });
}

async function removeNetwork(network: DockerObject): Promise<void> {
  for (const cache of await cachesIn(network)) await disconnectCache(cache, network);
  await docker(["network", "rm", network.ref]);
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

const namesOf = ({ containers, network, volumes }: ClusterObjects): string[] =>
  [...containers, ...(network ? [network] : []), ...volumes].map(({ name }) => name);

/** Seconds in which at least one object has to go, since a killed command's removal may still be under way. */
const patience = 30;

/**
 * Removes everything of a cluster that belongs to a stack: containers, network and volumes, also of a half-made one.
 *
 * @param legacyGeneration - generation of a cluster without an id that the stack's state is known to hold
 */
export async function removeCluster(clusterName: string, owner: Owner, legacyGeneration?: string): Promise<void> {
  let failure: Error | undefined;
  /** Tries once, and returns the names that were there before. */
  const attempt = async (): Promise<string[]> => {
    const objects = await clusterObjects(clusterName);
    const owned = ownedObjects(clusterName, objects, owner, legacyGeneration);
    const names = namesOf(owned);
    if (names.length === 0) refuseMixed(clusterName, objects, owner, legacyGeneration);
    failure = undefined;
    if (names.length > 0) await removeObjects(clusterName, owned).catch((error: Error) => (failure = error));
    return names;
  };
  for (let before = Number.POSITIVE_INFINITY; ; ) {
    const left = await poll(patience, attempt, ({ length }) => length < before || failure instanceof InUse);
    if (left.length === 0) return removeK3dLeftovers(owner);
    if (failure instanceof InUse) throw failure;
    if (left.length >= before) throw failure ?? new Error(`Docker still lists ${left.join(", ")} after ${patience} s`);
    before = left.length;
  }
}

/** Removes every cluster of a stack, and what a killed create left of one. */
export async function removeClustersOf(owner: Owner): Promise<void> {
  for (const clusterName of await clustersOf(owner)) await removeCluster(clusterName, owner);
}

/**
 * Removes every cluster that a state of the stack at the same place made, also when that state is lost.
 *
 * @returns the names of those clusters
 */
export async function removeClustersCreatedFrom(owner: Owner): Promise<string[]> {
  const objects = await objectsCreatedFrom(owner);
  const ids = [...new Set(objects.map(({ id }) => id))];
  for (const id of ids) await removeClustersOf({ ...owner, id });
  return [...new Set(objects.map(({ cluster }) => cluster))].filter(Boolean);
}
