/** What Docker and the API server tell of a cluster. */
export interface Observed {
  /** Owner label of each container of the cluster that k3s runs in; undefined where the label is missing. */
  readonly owners: readonly (string | undefined)[];
  /** Generation label of the containers; undefined where they have none. */
  readonly generation: string | undefined;
  /** How many of those containers run. */
  readonly running: number;
  /** How many there should be. */
  readonly expected: number;
  /** The image registry beside them; undefined where there should be none. */
  readonly registry?: "running" | "stopped" | "gone";
  /** Whether the API server answers and every node is Ready; undefined where it was not asked. */
  readonly healthy?: boolean;
}

export type ClusterState = "absent" | "healthy" | "stopped" | "broken" | "outdated" | "foreign";

/** Which cluster is meant: whose, and of which generation or, by its prefix, made from which settings. */
export interface Identity {
  readonly owner: string;
  readonly generation: string;
}

/** The state of the cluster with the stack's name, from what was observed. */
export function classify(observed: Observed, { owner, generation }: Identity): ClusterState {
  const { owners, running, expected, registry, healthy } = observed;
  if (owners.length === 0) return "absent";
  if (owners.some((found) => found !== owner)) return "foreign";
  if (!observed.generation?.startsWith(generation)) return "outdated";
  if (owners.length !== expected || registry === "gone") return "broken";
  if (running < expected || registry === "stopped") return "stopped";
  return healthy ? "healthy" : "broken";
}

export type Step = "create" | "adopt" | "start" | "delete" | "refuse";

/** What a create has to do, in order, to end with a healthy cluster or to leave another's cluster untouched. */
export const stepsToHealthy: Readonly<Record<ClusterState, readonly Step[]>> = {
  absent: ["create"],
  healthy: ["adopt"],
  stopped: ["start"],
  broken: ["delete", "create"],
  outdated: ["delete", "create"],
  foreign: ["refuse"],
};
