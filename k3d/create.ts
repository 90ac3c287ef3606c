import { type DockerObject, docker } from "../host/docker";
import { createFailure } from "../model/cluster/createFailure";
import { dockerNames, k3dConfig } from "../model/cluster/k3dConfig";
import { type Owner, ownerLabels } from "../model/cluster/ownership";
import { commandsOf, freeName, nameTaken, ownerText } from "../model/cluster/refusals";
import { claimOnObject, ownedObjects } from "../model/cluster/removal";
import { type Failure, failureText } from "../model/output/remedy";
import versions from "../versions.json";
import { waitForCluster } from "./api";
import type { DesiredCluster } from "./clusterStatus";
import { freePort } from "./freePort";
import { ensureCaches } from "./imageCache";
import { clusterNames, clusterObjects, clustersOf } from "./observe";
import { removeCluster } from "./remove";
import { runK3d } from "./runK3d";

const labelFlags = (labels: readonly string[]): string[] => labels.flatMap((label) => ["--label", label]);
/** Labels by which k3d recognizes the objects of a cluster. */
const k3dLabels = (clusterName: string) => ["app=k3d", `k3d.cluster=${clusterName}`];

/** Failure for a cluster whose name in Docker an object of somebody else has. Undefined if no such object has it. */
export async function takenName(
  clusterName: string,
  owner: Owner,
  legacyGeneration?: string,
): Promise<Failure | undefined> {
  const existing = await clusterObjects(clusterName);
  const owned = ownedObjects(clusterName, existing, owner, legacyGeneration);
  const kinds: readonly (readonly [string, string, readonly DockerObject[], readonly DockerObject[]])[] = [
    ["container", "docker rm --force --volumes", existing.containers, owned.containers],
    ["network", "docker network rm", existing.network ? [existing.network] : [], owned.network ? [owned.network] : []],
    ["volume", "docker volume rm", existing.volumes, owned.volumes],
  ];
  for (const [kind, removal, objects, ownedOfKind] of kinds) {
    const foreign = objects.find((object) => !ownedOfKind.includes(object));
    if (!foreign) continue;
    const belongsTo = ownerText({ stack: foreign.stack, state: foreign.location });
    const taker = { what: `the ${kind} ${foreign.name}`, belongsTo, remove: `${removal} ${foreign.name}` };
    return nameTaken(clusterName, taker, freeName(clusterName, await clusterNames()));
  }
  return undefined;
}

const textOf = (failure: Failure | undefined, owner: Owner): string | undefined =>
  failure && failureText(failure, commandsOf(owner));

/** Reserves the cluster's name by its volumes. If two stacks create them at once, the labels are those of the first. */
async function claimName({ settings, owner }: DesiredCluster): Promise<void> {
  const { clusterName } = settings;
  const { storage, images } = dockerNames(clusterName);
  for (const volume of [storage, images])
    await docker(["volume", "create", ...labelFlags([...k3dLabels(clusterName), ...ownerLabels(owner)]), volume]);
  const { volumes } = await clusterObjects(clusterName);
  if (volumes.some((volume) => claimOnObject(volume, owner) !== "ours"))
    throw new Error(textOf(await takenName(clusterName, owner), owner) ?? `clusterName = "${clusterName}" is taken`);
}

/** Starts the registry. One that k3d creates would carry no label of the stack. */
async function startRegistry({ settings: { clusterName }, owner }: DesiredCluster): Promise<void> {
  const labels = [...k3dLabels(clusterName), "k3d.role=registry", ...ownerLabels(owner)];
  const name = dockerNames(clusterName).registry;
  const options = ["--detach", "--name", name, "--restart", "unless-stopped", ...labelFlags(labels)];
  await docker(["run", ...options, "--publish", `127.0.0.1:${await freePort()}:5000`, versions.registryImage], 180);
  await docker(["network", "connect", dockerNames(clusterName).network, name]);
}

/** @throws Error that names the setting that is the cause, when it is one */
export async function createCluster(desired: DesiredCluster): Promise<void> {
  const { settings, owner, generation, logins, legacyGeneration } = desired;
  const { clusterName, agents, registry, caches } = settings;
  // a stack has one cluster, and a former one of another name would still have the ports and the subnet
  for (const former of await clustersOf(owner)) await removeCluster(former, owner);
  await removeCluster(clusterName, owner, legacyGeneration);
  const taken = await takenName(clusterName, owner);
  if (taken) throw new Error(failureText(taken, commandsOf(owner)));
  await claimName(desired);
  await ensureCaches(caches, commandsOf(owner));
  const config = JSON.stringify(k3dConfig(settings, owner, generation, logins));
  const args = ["cluster", "create", "--config", "-"];
  await runK3d(args, owner, { input: config, seconds: 300 }).catch((error: Error) => {
    throw new Error(textOf(createFailure(error.message, settings), owner) ?? error.message);
  });
  // the registry starts after k3d, which refuses to create a cluster if a container already has the registry's name
  const [reason] = await Promise.all([
    waitForCluster(clusterName, 1 + agents, 120),
    registry && startRegistry(desired),
  ]);
  const { server } = dockerNames(clusterName);
  if (reason) throw new Error(`k3d-${clusterName} was not ready after 120 s: ${reason}; see: docker logs ${server}`);
}
