import { dockerNames } from "./k3dConfig";
import { claimOf, type Owner } from "./ownership";

/** The fields of a Docker object by which a removal decides. A missing label is an empty text. */
export interface Removable {
  /** Id of a container or network, name of a volume. */
  readonly ref: string;
  readonly name: string;
  readonly stack: string;
  readonly id: string;
  /** Place of the stack's state. */
  readonly location: string;
  readonly generation: string;
  /** k3d cluster to which it belongs. */
  readonly cluster: string;
  /** Role of a container in that cluster, such as server, agent or registry. */
  readonly role: string;
  readonly app: string;
}

/** Everything in Docker that has a name or the label of one k3d cluster. */
export interface ClusterObjects<Item extends Removable = Removable> {
  readonly containers: readonly Item[];
  readonly network?: Item | undefined;
  readonly volumes: readonly Item[];
}

/** Relation of an object to a stack. */
export const claimOnObject = (
  { stack, id, location, generation }: Removable,
  owner: Owner,
  legacyGeneration?: string,
): ReturnType<typeof claimOf> => claimOf({ stack, id, state: location, generation }, owner, legacyGeneration);

/** True for a container that runs k3s. */
export const isNode = ({ role }: Pick<Removable, "role">): boolean => ["server", "agent"].includes(role);

/**
 * The part of a cluster's objects that belongs to a stack and so may be removed.
 *
 * k3d accepts no label for its network and its tools container. They belong to the stack if they have k3d's own label,
 * and the cluster's name is the stack's: by the nodes, or by the storage volume, which is created before everything else
 * and only when nothing else has the cluster's names.
 *
 * @param legacyGeneration - generation in the stack's state of a cluster that an earlier version made, without an id
 */
export function ownedObjects<Item extends Removable>(
  clusterName: string,
  { containers, network, volumes }: ClusterObjects<Item>,
  owner: Owner,
  legacyGeneration?: string,
): ClusterObjects<Item> {
  const inCluster = containers.filter(({ cluster }) => cluster === clusterName);
  const nodes = inCluster.filter(isNode);
  const isOurs = (item: Item) => claimOnObject(item, owner, legacyGeneration) === "ours";
  const isUnlabelled = ({ id, stack }: Item) => legacyGeneration !== undefined && !id && stack === owner.stack;
  if (!nodes.every(isOurs)) return { containers: [], volumes: [] };
  const storage = volumes.find(({ name }) => name === dockerNames(clusterName).storage);
  const hasName = nodes.length > 0 || (storage !== undefined && (isOurs(storage) || isUnlabelled(storage)));
  const isOfK3d = ({ id, app, cluster }: Item) => hasName && !id && app === "k3d" && cluster === clusterName;
  return {
    containers: inCluster.filter((item) => isOurs(item) || isOfK3d(item)),
    network: hasName && network?.app === "k3d" ? network : undefined,
    volumes: volumes.filter((item) => isOurs(item) || (hasName && (isOfK3d(item) || isUnlabelled(item)))),
  };
}
