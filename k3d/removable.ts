import { containers, type DockerObject, volumes } from "../host/docker";
import { cacheLabel } from "../model/cluster/imageCache";
import type { Owner } from "../model/cluster/ownership";
import { mixedNodes, networkInUse } from "../model/cluster/refusals";
import { type ClusterObjects, claimOnObject, isNode, ownedObjects } from "../model/cluster/removal";
import { clusterObjects, clustersOf, objectsCreatedFrom } from "./observe";

/** Error for somebody else's container in the cluster's network, which only its owner may disconnect. */
export class NetworkInUse extends Error {}

/** @throws Error if only some nodes of the cluster are the stack's, because then none of them can be removed */
export function refuseMixedNodes(
  clusterName: string,
  { containers }: ClusterObjects,
  owner: Owner,
  legacyGeneration?: string,
): void {
  const nodes = containers.filter(isNode);
  const foreign = nodes.filter((node) => claimOnObject(node, owner, legacyGeneration) !== "ours");
  if (foreign.length === 0 || foreign.length === nodes.length) return;
  const names = foreign.map(({ name }) => name);
  throw new Error(mixedNodes(clusterName, names));
}

/**
 * Image caches that are connected to a cluster's network; they serve other clusters too.
 *
 * Docker lists a container by the network's id only once it has started in that network. By the name it also lists one that
 * was connected before its first start, and one that it is restarting while its network was created again.
 *
 * @param removed - containers that are removed before the network
 * @throws InUse while another container is connected
 */
export async function cachesIn(
  { ref, name }: DockerObject,
  removed: readonly DockerObject[] = [],
): Promise<DockerObject[]> {
  const [connected, cacheVolumes] = await Promise.all([
    containers(`network=${ref}`, `network=${name}`),
    volumes(`label=${cacheLabel}`),
  ]);
  const staying = connected.filter((container) => !removed.some((other) => other.ref === container.ref));
  const isCache = (container: DockerObject) =>
    container.cache !== "" || cacheVolumes.some((volume) => volume.name === container.name);
  const foreign = staying.filter((container) => !isCache(container)).map((container) => container.name);
  if (foreign.length > 0) throw new NetworkInUse(networkInUse(name, foreign));
  return staying;
}

/**
 * Throws if a cluster of a stack cannot be removed completely, before anything is removed.
 *
 * @param owner - the clusters of every state of the stack at the same place are checked
 * @throws Error that names the containers of somebody else
 */
export async function refuseUnremovable(owner: Owner): Promise<void> {
  const ids = [...new Set((await objectsCreatedFrom(owner)).map(({ id }) => id))];
  for (const id of ids)
    for (const clusterName of await clustersOf({ ...owner, id })) {
      const objects = await clusterObjects(clusterName);
      refuseMixedNodes(clusterName, objects, { ...owner, id });
      const { containers, network } = ownedObjects(clusterName, objects, { ...owner, id });
      if (network) await cachesIn(network, containers);
    }
}
