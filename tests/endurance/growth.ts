import { median } from "../bench/table";

/** Quantities that must not grow with the number of changes, at one time. */
export interface Sample {
  readonly containers: number;
  readonly networks: number;
  readonly volumes: number;
  /** Processes of this account that the project started and that outlived their command. */
  readonly processes: number;
  /** Files in .state and report, without Pulumi's history, which has one entry for each update. */
  readonly files: number;
  /** Files and folders in the temporary folder, which is the run's own. */
  readonly temporary: number;
  /** Size of the stack's state, in KiB. */
  readonly state: number;
  /** Memory of the cluster's containers, in MiB, with that of Kubernetes itself. */
  readonly memory: number;
  /** Resident memory of the processes of all pods, in MiB. Undefined in a row of an earlier version. */
  readonly pods?: number;
  /** Secrets and ConfigMaps in the cluster. Undefined in a row of an earlier version, which did not count them. */
  readonly objects?: number;
}
export type Quantity = keyof Sample;

export const quantities: Readonly<Record<Quantity, { readonly title: string; readonly mayVaryBy: number }>> = {
  containers: { title: "containers", mayVaryBy: 0 },
  networks: { title: "networks", mayVaryBy: 0 },
  volumes: { title: "volumes", mayVaryBy: 0 },
  processes: { title: "processes", mayVaryBy: 0 },
  files: { title: "files in .state and report", mayVaryBy: 10 },
  temporary: { title: "temporary files", mayVaryBy: 2 },
  state: { title: "state, KiB", mayVaryBy: 20 },
  memory: { title: "memory of the cluster with Kubernetes itself, MiB", mayVaryBy: 250 },
  pods: { title: "memory of the pods, MiB", mayVaryBy: 150 },
  // Helm keeps ten revisions of each release, as Secrets
  objects: { title: "Secrets and ConfigMaps in the cluster", mayVaryBy: 30 },
};

/** Comparison of the beginning of a series with its end. */
export interface Growth {
  readonly quantity: Quantity;
  readonly first: number;
  readonly last: number;
  readonly most: number;
  readonly isLeak: boolean;
}

/**
 * Growth of each quantity from the first fifth of the samples to the last one, by their medians.
 *
 * A quantity leaks if it grows by more than it varies anyway: one value can be a coincidence, a median cannot.
 */
export function growth(samples: readonly Sample[]): Growth[] {
  return (Object.keys(quantities) as Quantity[]).flatMap((quantity) => {
    const values = samples.flatMap(({ [quantity]: value }) => value ?? []);
    if (values.length === 0) return [];
    const fifth = Math.max(1, Math.floor(values.length / 5));
    const [first, last] = [median(values.slice(0, fifth)), median(values.slice(-fifth))];
    const isLeak = last - first > quantities[quantity].mayVaryBy;
    return { quantity, first, last, most: Math.max(0, ...values), isLeak };
  });
}

/** The growths as the rows of a table, its heads first. */
export function growthRows(grown: readonly Growth[]): string[][] {
  const heads = ["quantity", "at the beginning", "at the end", "most", "may vary by", "grew"];
  const rows = grown.map(({ quantity, first, last, most, isLeak }) => {
    const { title, mayVaryBy } = quantities[quantity];
    return [title, ...[first, last, most, mayVaryBy].map((value) => String(Math.round(value))), isLeak ? "YES" : "no"];
  });
  return [heads, ...rows];
}
