import { containers, type DockerObject, volumes } from "../host/docker";
import { cacheLabel } from "../model/cluster/imageCache";
import type { Owner } from "../model/cluster/ownership";
import { mixedNodes, networkInUse } from "../model/cluster/refusals";
import { type ClusterObjects, claimOnObject, isNode, ownedObjects } from "../model/cluster/removal";
import { clusterObjects, clustersOf, objectsCreatedFrom } from "./observe";

/** A container of somebody else's in the cluster's network, which only its owner may disconnect. */
export class InUse extends Error {}

/** @throws Error if only some nodes of the cluster are the stack's, because then none of them can be removed */
export function refuseMixed(
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
  const [connected, known] = await Promise.all([
    containers(`network=${ref}`, `network=${name}`),
    volumes(`label=${cacheLabel}`),
  ]);
  const rest = connected.filter((container) => !removed.some((each) => each.ref === container.ref));
  const isCache = (container: DockerObject) =>
    container.cache !== "" || known.some((volume) => volume.name === container.name);
  const foreign = rest.filter((container) => !isCache(container)).map((container) => container.name);
  if (foreign.length > 0) throw new InUse(networkInUse(name, foreign));
  return rest;
}

/**
 * Refuses a stack's clusters that cannot be removed whole, before anything of them is removed.
 *
 * @param owner - every state of the stack at the same place counts
 * @throws Error that names the containers of somebody else
 */
export async function refuseUnremovable(owner: Owner): Promise<void> {
  const ids = [...new Set((await objectsCreatedFrom(owner)).map(({ id }) => id))];
  for (const id of ids)
    for (const clusterName of await clustersOf({ ...owner, id })) {
      const objects = await clusterObjects(clusterName);
      refuseMixed(clusterName, objects, { ...owner, id });
      const { containers, network } = ownedObjects(clusterName, objects, { ...owner, id });
      if (network) await cachesIn(network, containers);
    }
}
