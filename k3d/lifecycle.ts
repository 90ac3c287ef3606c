import { createHash } from "node:crypto";
import { docker, registryPort } from "../host/docker";
import { type RepairStep, stepsToHealthy } from "../model/cluster/clusterState";
import { dockerNames, k3dConfig } from "../model/cluster/k3dConfig";
import { commandsOf, keptForRollout, replacementWarning } from "../model/cluster/refusals";
import { failureText } from "../model/output/remedy";
import { waitForCluster } from "./api";
import {
  type ClusterStatus,
  type DesiredCluster,
  defaultReadyTimeout,
  notReady,
  refusal,
  replacementReason,
  statusOf,
} from "./clusterStatus";
import { createCluster, takenName } from "./create";
import { findObstacles } from "./obstacles";
import { removeCluster } from "./remove";
import { runK3d } from "./runK3d";

/** First part of a generation. It is the same for all clusters made from the same settings, in every state. */
const settingsFingerprint = ({ settings }: DesiredCluster): string =>
  createHash("sha256")
    .update(JSON.stringify(k3dConfig(settings, { stack: "", state: "" }, "")))
    .digest("hex")
    .slice(0, 12);

/** Resumes paused containers and starts stopped ones. Everything in the cluster stays as it was. */
async function startCluster(desired: DesiredCluster, { observation }: ClusterStatus): Promise<void> {
  const { settings, owner, readyTimeout = defaultReadyTimeout } = desired;
  const { clusterName, registry } = settings;
  const paused = observation.objects.containers.filter(
    ({ state, cluster }) => state === "paused" && cluster === clusterName,
  );
  if (paused.length > 0) await docker(["unpause", ...paused.map(({ ref }) => ref)]);
  // starts before the nodes, which pull from it
  if (registry) await docker(["start", dockerNames(clusterName).registry]);
  const args = ["cluster", "start", clusterName, "--wait", "--timeout", "120s"];
  const startFailure = await runK3d(args, owner, { seconds: 150 }).then(
    () => undefined,
    ({ message }: Error) => message,
  );
  const reason = startFailure ?? (await waitForCluster(clusterName, observation.nodes.length, readyTimeout));
  if (reason) throw new Error(notReady(desired, observation, reason));
}

const steps: Readonly<Record<RepairStep, (desired: DesiredCluster, status: ClusterStatus) => Promise<void>>> = {
  create: createCluster,
  start: startCluster,
  remove: ({ settings, owner, legacyGeneration }) => removeCluster(settings.clusterName, owner, legacyGeneration),
  refuse: async (desired, status) => {
    throw new Error(await refusal(desired, status));
  },
};

/**
 * Address of the cluster's registry on this host, HOST:PORT.
 *
 * @returns undefined for a cluster without a registry
 */
export async function registryAddress({ settings }: Pick<DesiredCluster, "settings">): Promise<string | undefined> {
  if (!settings.registry) return undefined;
  // Docker pushes without TLS to a registry on localhost
  return `localhost:${await registryPort(dockerNames(settings.clusterName).registry)}`;
}

/**
 * Creates, starts or replaces the cluster until it is healthy.
 *
 * @throws Error, without a change, if the cluster is not the stack's or does not answer
 */
export async function ensureCluster(desired: DesiredCluster): Promise<void> {
  const status = await statusOf(desired, desired.generation, desired.readyTimeout ?? defaultReadyTimeout);
  for (const step of stepsToHealthy[status.state]) await steps[step](desired, status);
}

/**
 * Removes the cluster of exactly this generation, even if only a part of it is left.
 *
 * Pulumi creates a replacement before it deletes the old cluster, and both have the same name.
 */
export async function ensureClusterAbsent(desired: DesiredCluster): Promise<void> {
  const { state } = await statusOf(desired, desired.generation);
  if (state !== "outdated") await removeCluster(desired.settings.clusterName, desired.owner, desired.legacyGeneration);
}

/** Generation of the cluster that a stack uses in this run. */
export interface ChosenGeneration {
  readonly generation: string;
  /** Warning of what the user will lose when the cluster is replaced; undefined when nothing is replaced. */
  readonly warning?: string;
}

/**
 * Returns the generation of the healthy cluster, or a new one if Pulumi has to create a cluster.
 *
 * Starts a stopped cluster also for a preview, which compares the stack's resources with a running cluster.
 *
 * @throws Error for a cluster that must not be used or replaced, or with all obstacles to a new one
 */
export async function chooseGeneration(desired: DesiredCluster): Promise<ChosenGeneration> {
  const { settings, owner, legacyGeneration } = desired;
  const settingsPart = settingsFingerprint(desired);
  const status = await statusOf(desired, settingsPart, desired.readyTimeout ?? defaultReadyTimeout);
  const refused = await refusal(desired, status);
  if (refused) throw new Error(refused);
  if (status.state === "stopped") await startCluster(desired, status);
  if (["healthy", "stopped"].includes(status.state) && status.observation.generation)
    return { generation: status.observation.generation };
  const reason = replacementReason(desired, status);
  if (desired.isRolloutRunning) throw new Error(keptForRollout(settings.clusterName, reason ?? "it is gone", owner));
  const taken = await takenName(settings.clusterName, owner, legacyGeneration);
  const obstacles = [...(taken ? [taken] : []), ...(await findObstacles(desired))];
  if (obstacles.length > 0)
    throw new Error(obstacles.map((failure) => failureText(failure, commandsOf(owner))).join("\n"));
  const newGeneration = `${settingsPart}.${desired.generation}`;
  return reason === undefined
    ? { generation: newGeneration }
    : { generation: newGeneration, warning: replacementWarning(settings.clusterName, reason) };
}
