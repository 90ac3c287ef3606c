import { type DockerObject, docker } from "../host/docker";
import { poll } from "../host/wait";
import { dockerNames } from "../model/cluster/k3dConfig";
import type { Owner } from "../model/cluster/ownership";
import { type ClusterObjects, ownedObjects } from "../model/cluster/removal";
import { clusterNamesOf, clusterObjects, clustersOf, objectsCreatedFrom } from "./observe";
import { cachesIn, NetworkInUse, refuseMixedNodes } from "./removable";
import { removeK3dLeftovers } from "./runK3d";

/** Disconnects an image cache from a network. The cache keeps serving other clusters. */
async function disconnectCache({ ref }: DockerObject, network: DockerObject): Promise<void> {
  const disconnect = () => docker(["network", "disconnect", "--force", network.ref, ref]);
  // Docker refuses this while it restarts the container, such as a cache that cannot reach its registry
  await disconnect().catch(async () => {
    await docker(["stop", ref]);
    await disconnect().finally(() => docker(["start", ref]));
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
  // the storage volume last, because it proves who owns the rest
  const { storage } = dockerNames(clusterName);
  const names = volumes.map(({ name }) => name).sort((a, b) => Number(a === storage) - Number(b === storage));
  for (const name of names) await docker(["volume", "rm", "--force", name]);
}

const namesOf = ({ containers, network, volumes }: ClusterObjects): string[] =>
  [...containers, ...(network ? [network] : []), ...volumes].map(({ name }) => name);

/** Seconds in which at least one object has to disappear. Docker may still be removing objects for a killed command. */
const removalTimeout = 30;

/**
 * Removes the containers, network and volumes of a cluster that belong to a stack, also those of an incomplete cluster.
 *
 * @param legacyGeneration - generation in the stack's state of a cluster that an earlier version made, without an id
 */
export async function removeCluster(clusterName: string, owner: Owner, legacyGeneration?: string): Promise<void> {
  let failure: Error | undefined;
  /** Tries once to remove everything, and returns the names of the objects that it found. */
  const attempt = async (): Promise<string[]> => {
    const objects = await clusterObjects(clusterName);
    const owned = ownedObjects(clusterName, objects, owner, legacyGeneration);
    const names = namesOf(owned);
    if (names.length === 0) refuseMixedNodes(clusterName, objects, owner, legacyGeneration);
    failure = undefined;
    if (names.length > 0) await removeObjects(clusterName, owned).catch((error: Error) => (failure = error));
    return names;
  };
  for (let previousCount = Number.POSITIVE_INFINITY; ; ) {
    const left = await poll(
      removalTimeout,
      attempt,
      ({ length }) => length < previousCount || failure instanceof NetworkInUse,
    );
    if (left.length === 0) return removeK3dLeftovers(owner);
    if (failure instanceof NetworkInUse) throw failure;
    if (left.length >= previousCount)
      throw failure ?? new Error(`Docker still lists ${left.join(", ")} after ${removalTimeout} s`);
    previousCount = left.length;
  }
}

/** Removes every cluster of a stack, also one whose creation was killed. */
export async function removeClustersOf(owner: Owner): Promise<void> {
  for (const clusterName of await clustersOf(owner)) await removeCluster(clusterName, owner);
}

/**
 * Removes every cluster that any state of the stack at the same place created, even if that state is lost.
 *
 * @returns the names of those clusters
 */
export async function removeClustersCreatedFrom(owner: Owner): Promise<string[]> {
  const objects = await objectsCreatedFrom(owner);
  const ids = [...new Set(objects.map(({ id }) => id))];
  for (const id of ids) await removeClustersOf({ ...owner, id });
  return clusterNamesOf(objects);
}
