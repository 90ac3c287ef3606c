/** The environment that a fault strikes. */
export interface Target {
  readonly stack: string;
  readonly cluster: string;
}

/** Names of a cluster's containers. */
export const server = ({ cluster }: Pick<Target, "cluster">): string => `k3d-${cluster}-server-0`;
export const agent = ({ cluster }: Pick<Target, "cluster">): string => `k3d-${cluster}-agent-0`;
export const registry = ({ cluster }: Pick<Target, "cluster">): string => `k3d-${cluster}-registry`;

/** One thing that can go wrong, and how to make it go wrong. */
export interface Fault {
  /** Faults of one kind share a way to be made. One of each kind runs first. */
  readonly kind: string;
  readonly where: string;
  readonly needs: "nothing" | "environment";
  /**
   * Command that has to put everything right after the fault. `none` for a refused command, after which everything has
   * to be as it was.
   */
  readonly next: "up" | "destroy" | "none";
  /** Does the damage and returns in a word what was seen. Throws when the project did something that it must not do. */
  readonly strike: (target: Target) => Promise<string>;
}

/** Result of one fault. */
export interface Row {
  readonly kind: string;
  readonly where: string;
  readonly seen: string;
  /** Outcome of the next command: `converged`, `destroyed`, `refused`, or its exit code. */
  readonly outcome: string;
  readonly seconds: number;
  /** Changes of a second up; undefined when none ran. */
  readonly changes?: number;
  /** Docker objects that the next destroy left; undefined until it has run. */
  readonly left?: readonly string[];
  readonly good: boolean;
  /** Machine and versions of the run. */
  readonly machine?: string;
  /** Output of the commands of a bad row. */
  readonly output?: string;
}

/** Name of a row, by which it is selected and found in the log. */
export const rowName = ({ kind, where }: Pick<Row, "kind" | "where">): string => `${kind}: ${where}`;

/** True for a row that needs no second run. */
export const isDone = (row: Row | undefined): boolean => row?.good === true && row.left !== undefined;

/**
 * Sorts faults: one of each kind first, so that a mistake of the table itself shows early. Within both parts, faults of a
 * running environment are together, since they can share one.
 */
export function inOrder(faults: readonly Fault[]): Fault[] {
  const kinds = new Set<string>();
  const first = faults.filter(({ kind }) => !kinds.has(kind) && kinds.add(kind));
  const rest = faults.filter((fault) => !first.includes(fault));
  const together = (some: readonly Fault[]) => [
    ...some.filter(({ needs, next }) => needs === "nothing" && next === "none"),
    ...some.filter(({ needs, next }) => needs === "nothing" && next === "destroy"),
    ...some.filter(({ needs }) => needs === "environment"),
    ...some.filter(({ needs, next }) => needs === "nothing" && next === "up"),
  ];
  return [...together(first), ...together(rest)];
}
