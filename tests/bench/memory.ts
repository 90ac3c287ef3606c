import { readFileSync } from "node:fs";
import { markdownTable } from "../../model/output/table";

/** Milliseconds between two samples. */
const interval = 250;

const read = (file: string): string => {
  try {
    return readFileSync(file, "utf8");
  } catch {
    // the process has ended
    return "";
  }
};

/** A process and its descendants. */
function tree(pid: number): number[] {
  const children = read(`/proc/${pid}/task/${pid}/children`).trim().split(" ").filter(Boolean).map(Number);
  return [pid, ...children.flatMap(tree)];
}

/** Resident memory of a process in MiB, as Linux counts it (https://man7.org/linux/man-pages/man5/proc_pid_status.5.html). */
const resident = (pid: number): number =>
  Number(/^VmRSS:\s+(\d+) kB$/m.exec(read(`/proc/${pid}/status`))?.[1] ?? 0) / 1024;

/** Most memory of each command over all rounds, in MiB. Empty on a system without /proc. */
export const peaks = new Map<string, number>();

/**
 * Samples the memory of a process and of everything that it starts. A page that several of them share counts for each.
 *
 * @param command - under which the highest sample is kept in `peaks`
 * @returns a function that ends the sampling
 */
export function watchMemory(pid: number | undefined, command: string): () => void {
  const timer = setInterval(() => {
    const sum = pid === undefined ? 0 : tree(pid).reduce((all, each) => all + resident(each), 0);
    if (sum > (peaks.get(command) ?? 0)) peaks.set(command, sum);
  }, interval);
  return () => clearInterval(timer);
}

/** The section about the peaks; nothing if there are none. */
export const memorySection = (all: ReadonlyMap<string, number>): readonly string[] =>
  all.size === 0
    ? []
    : [
        "## Memory",
        "",
        "Every process of the command counts, such as Node, Pulumi and its providers, and no container. The highest of all rounds:",
        "",
        ...markdownTable([
          ["command", "most memory of its processes together"],
          ...[...all].map(([command, mebibytes]) => [`\`${command}\``, `${mebibytes.toFixed(0)} MiB`]),
        ]),
        "",
      ];
