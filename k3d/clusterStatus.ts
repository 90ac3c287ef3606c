import { type ClusterState, classifyCluster } from "../model/cluster/clusterState";
import type { ClusterSettings } from "../model/cluster/k3dConfig";
import type { Owner } from "../model/cluster/ownership";
import {
  changedSettings,
  commandsOf,
  freeName,
  mixedNodes,
  nameTaken,
  notProven,
  ownerText,
  stateLost,
  unreachableCluster,
} from "../model/cluster/refusals";
import type { RegistryLogins } from "../model/cluster/registries";
import { claimOnObject } from "../model/cluster/removal";
import { failureText } from "../model/output/remedy";
import { type ClusterObservation, clusterNames, observeCluster } from "./observe";

/** The cluster that a stack wants to have. A stack has one cluster. */
export interface DesiredCluster {
  readonly settings: ClusterSettings;
  readonly owner: Owner;
  /** Value of the label that distinguishes the cluster from an earlier or a later one: see {@link generation}. */
  readonly generation: string;
  /** Credentials of its mirrors. */
  readonly logins?: RegistryLogins;
  /** Generation in the stack's state of a cluster that an earlier version made, without an id. Undefined if it has an id. */
  readonly legacyGeneration?: string | undefined;
  /** True while a rollout runs. The cluster is then not replaced. */
  readonly isRolloutRunning?: boolean;
  /** Seconds in which a running cluster has to become ready, as after the host wakes up. @default 90 */
  readonly readyTimeout?: number;
}

/** Default of `readyTimeout`, in seconds. */
export const defaultReadyTimeout = 90;

/** State of a cluster, and the observation that it follows from. */
export interface ClusterStatus {
  readonly state: ClusterState;
  readonly observation: ClusterObservation;
}

/** @param seconds - in which the API server has to answer. @default sends it no request */
export async function statusOf(
  { settings, owner, legacyGeneration }: DesiredCluster,
  generation: string,
  seconds?: number,
): Promise<ClusterStatus> {
  const observation = await observeCluster(settings, owner, { readyTimeout: seconds, legacyGeneration });
  return { state: classifyCluster(observation, generation), observation };
}

/** The reason to refuse a cluster, or undefined for one that the stack may use or replace. */
export async function refusal(
  desired: DesiredCluster,
  { state, observation }: ClusterStatus,
): Promise<string | undefined> {
  const { settings, owner, legacyGeneration } = desired;
  const { clusterName } = settings;
  if (state === "foreign") {
    const foreign = observation.nodes.filter((node) => claimOnObject(node, owner, legacyGeneration) === "foreign");
    const names = foreign.map(({ name }) => name);
    if (observation.claims.includes("ours")) return mixedNodes(clusterName, names);
    const [first] = foreign;
    const belongsTo = ownerText({ stack: first?.stack ?? "", state: first?.location ?? "" });
    const cluster = { what: `the k3d cluster ${clusterName}`, belongsTo, remove: `k3d cluster delete ${clusterName}` };
    return failureText(nameTaken(clusterName, cluster, freeName(clusterName, await clusterNames())), commandsOf(owner));
  }
  if (state === "lost") return stateLost(clusterName, owner);
  if (state === "unproven") return notProven(clusterName, observation.generation ?? "", owner);
  if (state === "unreachable") return notReady(desired, observation, observation.reason ?? "it does not answer");
  return undefined;
}

/** Text for a cluster whose containers run and that is not ready. */
export function notReady(
  { settings, owner, readyTimeout = defaultReadyTimeout }: DesiredCluster,
  { nodes }: ClusterObservation,
  reason: string,
): string {
  const names = nodes.map(({ name }) => name);
  return unreachableCluster(settings.clusterName, reason, readyTimeout, names.sort().reverse(), owner);
}

/** The reason why a cluster is replaced; undefined when there is none yet. */
export function replacementReason(
  { settings }: DesiredCluster,
  { state, observation }: ClusterStatus,
): string | undefined {
  if (state === "outdated")
    return changedSettings(observation.nodes.find((node) => node.settings)?.settings ?? "", settings);
  if (state === "incomplete") return "a node or the registry is gone or never ran";
  return undefined;
}
