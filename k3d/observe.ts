import { containers, type DockerObject, networks, volumes } from "../host/docker";
import { isAwake, type ObservedCluster } from "../model/cluster/clusterState";
import { type ClusterSettings, dockerNames } from "../model/cluster/k3dConfig";
import { type Owner, ownershipLabels } from "../model/cluster/ownership";
import { type ClusterObjects, claimOnObject, isNode } from "../model/cluster/removal";
import { kubeconfig, waitForCluster } from "./api";

/** Everything in Docker that has a name or the label of a cluster, whoever created it. */
export async function clusterObjects(clusterName: string): Promise<ClusterObjects<DockerObject>> {
  const { network } = dockerNames(clusterName);
  const [byLabel, byName, namedVolumes, namedNetworks] = await Promise.all([
    containers(`label=k3d.cluster=${clusterName}`),
    containers(`name=^/?${network}-`),
    volumes(`name=^${network}-`),
    networks(`name=^${network}$`),
  ]);
  const { storage, images, registry, tools } = dockerNames(clusterName);
  const named = byName.filter(
    ({ name, cluster }) =>
      cluster !== clusterName &&
      (name === registry || name === tools || new RegExp(`^${network}-(server|agent)-\\d+$`).test(name)),
  );
  return {
    containers: [...byLabel, ...named],
    volumes: namedVolumes.filter(({ name }) => name === storage || name === images),
    network: namedNetworks.find(({ name }) => name === network),
  };
}

/** Observation of a cluster: its state, and its objects in Docker. */
export interface ClusterObservation extends ObservedCluster {
  readonly nodes: readonly DockerObject[];
  readonly objects: ClusterObjects<DockerObject>;
  /** Reason why it is not healthy. Undefined if it is healthy, or if no request was sent to the API server. */
  readonly reason?: string;
}

/**
 * Observes a cluster through Docker and its API server.
 *
 * @param readyTimeout - seconds to wait for the API server; undefined sends it no request
 * @param legacyGeneration - generation in the stack's state of a cluster that an earlier version made, without an id
 */
export async function observeCluster(
  { clusterName, agents, registry }: Pick<ClusterSettings, "clusterName" | "agents" | "registry">,
  owner: Owner,
  {
    readyTimeout,
    legacyGeneration,
  }: { readonly readyTimeout?: number | undefined; readonly legacyGeneration?: string | undefined } = {},
): Promise<ClusterObservation> {
  // starts before Docker has answered, since there nearly always is a cluster
  const access = readyTimeout === undefined ? undefined : kubeconfig(clusterName);
  access?.catch(() => {});
  const objects = await clusterObjects(clusterName);
  const inCluster = objects.containers.filter(({ cluster }) => cluster === clusterName);
  const nodes = inCluster.filter(isNode);
  const registryContainer = inCluster.find(({ role }) => role === "registry");
  const expected = 1 + agents;
  const claims = nodes.map((node) => claimOnObject(node, owner, legacyGeneration));
  const isRequested =
    readyTimeout !== undefined &&
    nodes.length >= expected &&
    claims.every((claim) => claim === "ours") &&
    nodes.every(({ state }) => isAwake(state));
  const reason = isRequested ? await waitForCluster(clusterName, nodes.length, readyTimeout, access) : undefined;
  return {
    claims,
    states: nodes.map(({ state }) => state),
    expected,
    ...(registry && { registry: registryContainer?.state ?? "gone" }),
    ...(isRequested && { healthy: reason === undefined }),
    ...(reason !== undefined && { reason }),
    generation: nodes.map(({ generation }) => generation).find(Boolean),
    nodes,
    objects,
  };
}

/** Containers and volumes that carry a label with a value. */
async function objectsWithLabel(label: string): Promise<DockerObject[]> {
  return (await Promise.all([containers(`label=${label}`), volumes(`label=${label}`)])).flat();
}

/** Names of the k3d clusters to which objects belong. */
export const clusterNamesOf = (objects: readonly DockerObject[]): string[] =>
  [...new Set(objects.map(({ cluster }) => cluster))].filter(Boolean);

/** Names of all clusters with an object that has the stack's id. */
export async function clustersOf({ id }: Owner): Promise<string[]> {
  return id ? clusterNamesOf(await objectsWithLabel(`${ownershipLabels.id}=${id}`)) : [];
}

/** Objects that any state of the stack at the same place created. Each of these states has its own id. */
export async function objectsCreatedFrom({ stack, state }: Owner): Promise<DockerObject[]> {
  const objects = await objectsWithLabel(`${ownershipLabels.stack}=${stack}`);
  return objects.filter(({ id, location }) => id && location === state);
}

/** Names of all k3d clusters of this machine. */
export async function clusterNames(): Promise<string[]> {
  return clusterNamesOf(await containers("label=app=k3d"));
}
