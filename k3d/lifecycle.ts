import { createHash } from "node:crypto";
import { run } from "../host/process";
import { type ClusterState, classify, type Step, stepsToHealthy } from "../model/cluster/clusterState";
import { createFailure } from "../model/cluster/createFailure";
import { type ClusterSettings, dockerNames, k3dConfig } from "../model/cluster/k3dConfig";
import type { Logins } from "../model/cluster/registries";
import { ownerLabel } from "../model/names";
import { nodesReady } from "./api";
import { ensureCaches } from "./imageCache";
import { clustersOf, hasNodes, observe } from "./observe";
import { obstacles } from "./obstacles";
import { remove, removeLeftovers } from "./remove";

/** The one cluster that an environment has. */
export interface Wanted {
  readonly settings: ClusterSettings;
  /** Value of the label that marks it as this stack's. */
  readonly owner: string;
  /** Value of the label that tells it from one before or after it: see {@link generation}. */
  readonly generation: string;
  /** With which its nodes ask their mirrors. */
  readonly logins?: Logins;
}

/** First part of a generation: the same for clusters made from the same settings. */
function fingerprint({ settings, owner }: Wanted): string {
  return createHash("sha256")
    .update(JSON.stringify(k3dConfig(settings, owner, "")))
    .digest("hex")
    .slice(0, 12);
}

/** Seconds that a running cluster gets to answer before it counts as broken. */
const patience = 45;

async function look(
  { settings, owner }: Wanted,
  generation: string,
  seconds?: number,
): Promise<{ state: ClusterState; generation: string | undefined }> {
  const observed = await observe(settings, seconds);
  return { state: classify(observed, { owner, generation }), generation: observed.generation };
}

function refuse({ settings, owner }: Wanted): never {
  throw new Error(
    `clusterName = "${settings.clusterName}" is taken by a k3d cluster that is not this stack's (no label ${ownerLabel}=${owner}); ` +
      `it was left untouched; fix: npm run pulumi -- config set clusterName ${settings.clusterName}-2, or delete it: k3d cluster delete ${settings.clusterName}`,
  );
}

async function create(wanted: Wanted): Promise<void> {
  const { clusterName, agents } = wanted.settings;
  // a stack has one cluster: one of another name would still hold the ports and the subnet
  for (const other of await clustersOf(wanted.owner)) await remove(other);
  await removeLeftovers(clusterName);
  await ensureCaches(wanted.settings.caches);
  const { storage } = dockerNames(clusterName);
  await run("docker", ["volume", "create", "--label", `${ownerLabel}=${wanted.owner}`, storage]);
  const config = JSON.stringify(k3dConfig(wanted.settings, wanted.owner, wanted.generation, wanted.logins));
  await run("k3d", ["cluster", "create", "--config", "-"], { input: config, seconds: 300 }).catch((error: Error) => {
    throw new Error(createFailure(error.message, wanted.settings));
  });
  if (!(await nodesReady(clusterName, 1 + agents, 120)))
    throw new Error(
      `nodes of k3d-${clusterName} were not Ready after 120 s; look: docker logs ${dockerNames(clusterName).server}`,
    );
}

async function start(wanted: Wanted): Promise<void> {
  const { clusterName, agents, registry } = wanted.settings;
  // before the nodes, which pull from it; k3d starts none that it was killed before starting
  if (registry) await run("docker", ["start", dockerNames(clusterName).registry]);
  await run("k3d", ["cluster", "start", clusterName, "--wait", "--timeout", "120s"], { seconds: 150 });
  if (!(await nodesReady(clusterName, 1 + agents, 60)))
    throw new Error(`k3d-${clusterName} does not answer after a start`);
}

const steps: Readonly<Record<Step, (wanted: Wanted) => Promise<void>>> = {
  create,
  adopt: async () => {},
  start,
  delete: ({ settings }) => remove(settings.clusterName),
  refuse: async (wanted) => refuse(wanted),
};

/**
 * Where the registry beside the cluster listens on this host, HOST:PORT; k3d chose the port when it made it.
 *
 * @returns undefined for a cluster without one
 */
export async function registryAddress({ settings }: Pick<Wanted, "settings">): Promise<string | undefined> {
  if (!settings.registry) return undefined;
  const bound = await run("docker", ["port", dockerNames(settings.clusterName).registry, "5000/tcp"]);
  // Docker takes this name for a registry that needs no TLS
  return `localhost:${bound.split("\n")[0]?.split(":").at(-1)?.trim()}`;
}

/** Brings the cluster to healthy, from whatever state it is in; another's cluster is refused and left untouched. */
export async function ensure(wanted: Wanted): Promise<void> {
  const { state } = await look(wanted, wanted.generation, patience);
  for (const step of stepsToHealthy[state]) await steps[step](wanted);
}

/**
 * Removes the cluster with its network and volumes, also when it is half gone.
 *
 * Another's cluster is left untouched, and so is a later generation: the engine makes a replacement before it deletes
 * what it replaces, under the same name.
 */
export async function ensureAbsent(wanted: Wanted): Promise<void> {
  const { state } = await look(wanted, wanted.generation);
  if (state !== "foreign" && state !== "outdated") await remove(wanted.settings.clusterName);
}

/**
 * Removes every cluster of an owner, and what a killed create left of one before it had a node.
 *
 * Pulumi's state knows nothing of a cluster whose create was killed.
 */
export async function ensureNoneOf(owner: string, clusterName: string): Promise<void> {
  const [own, others] = await Promise.all([clustersOf(owner), hasNodes(clusterName)]);
  for (const cluster of own) await remove(cluster);
  if (!others) await removeLeftovers(clusterName);
}

/**
 * The generation of the cluster that the stack can build on: of the healthy one, or a new one where it has to be made.
 *
 * A stopped cluster is started, also for a preview: the stack's resources can be compared with a running one only.
 *
 * @throws Error with every port and subnet of a cluster that would have to be made that something else holds
 */
export async function generation(wanted: Wanted): Promise<string> {
  const made = fingerprint(wanted);
  const found = await look(wanted, made, patience);
  if (found.state === "foreign") refuse(wanted);
  const usable =
    found.state === "healthy" ||
    (found.state === "stopped" &&
      (await start(wanted).then(
        () => true,
        () => false,
      )));
  if (usable && found.generation) return found.generation;
  // a new one takes the place of the old, so what would stop it is said while that is still there
  const inTheWay = await obstacles(wanted.settings, wanted.owner);
  if (inTheWay.length > 0) throw new Error(inTheWay.join("\n"));
  return `${made}.${wanted.generation}`;
}
