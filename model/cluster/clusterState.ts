import type { Claim } from "./ownership";

/** State of a cluster as Docker and the API server report it. */
export interface ObservedCluster {
  /** Relation of each k3s node to the stack. */
  readonly claims: readonly Claim[];
  /** Generation label of the nodes; undefined without nodes. */
  readonly generation: string | undefined;
  /** Docker's state of each k3s node, such as running, paused or exited. */
  readonly states: readonly string[];
  /** Number of nodes in the settings. */
  readonly expected: number;
  /** Docker's state of the image registry, or `gone`. Undefined if the settings have no registry. */
  readonly registry?: string;
  /** True if the API server answers and all nodes are Ready. Undefined if no request was sent to it. */
  readonly healthy?: boolean;
}

export type ClusterState =
  | "absent"
  | "healthy"
  | "stopped"
  | "incomplete"
  | "outdated"
  | "unreachable"
  | "lost"
  | "unproven"
  | "foreign";

/** True for a container whose processes run, in Docker's word for its state (https://docs.docker.com/reference/cli/docker/container/ls/#status). */
export const isAwake = (state: string): boolean => state === "running" || state === "restarting";
/** States of a container that never ran or never will. */
const unusable = ["created", "dead", "removing"];

/** @param generation - of the cluster, or only the part of it that follows from its settings */
export function classifyCluster(observed: ObservedCluster, generation: string): ClusterState {
  const { claims, states, expected, registry, healthy } = observed;
  if (claims.length === 0) return "absent";
  for (const claim of ["foreign", "unproven", "lost"] as const) if (claims.includes(claim)) return claim;
  if (!observed.generation?.startsWith(generation)) return "outdated";
  // a node that the user added is no reason to lose the others
  if (claims.length < expected || registry === "gone" || states.some((state) => unusable.includes(state)))
    return "incomplete";
  if (!states.every(isAwake) || (registry !== undefined && !isAwake(registry))) return "stopped";
  return healthy ? "healthy" : "unreachable";
}

export type RepairStep = "create" | "start" | "remove" | "refuse";

/** Steps from each state to a healthy cluster. Only what is gone or outdated is removed. */
export const stepsToHealthy: Readonly<Record<ClusterState, readonly RepairStep[]>> = {
  absent: ["create"],
  healthy: [],
  stopped: ["start"],
  incomplete: ["remove", "create"],
  outdated: ["remove", "create"],
  unreachable: ["refuse"],
  lost: ["refuse"],
  unproven: ["refuse"],
  foreign: ["refuse"],
};
