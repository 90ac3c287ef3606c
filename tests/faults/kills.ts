import { setTimeout as pause } from "node:timers/promises";
import type { Fault } from "./fault";
import { Invocation } from "./invocation";

/** Lines of progress of an up from nothing, and of a destroy. */
export const steps = { up: 50, destroy: 40 } as const;

/** Numbers from 1 to `last`, spread evenly; the middle first, so that each beginning of the list is spread too. */
export function spread(count: number, last: number): number[] {
  const even = Array.from({ length: count }, (_, i) => 1 + Math.round((i * (last - 1)) / Math.max(1, count - 1)));
  const halves = [[0, even.length]];
  const order: number[] = [];
  for (const [from = 0, to = 0] of halves) {
    if (from >= to) continue;
    const middle = Math.floor((from + to) / 2);
    order.push(even[middle] ?? 1);
    halves.push([from, middle], [middle + 1, to]);
  }
  return [...new Set(order)];
}

/**
 * Kills a command and everything that it started, without a chance to tidy up, some time after a line of its progress.
 *
 * @throws Error when it ends before
 */
async function kill(
  invocation: Invocation,
  matches: (line: string, changes: number) => boolean,
  seconds = 0,
): Promise<string> {
  const reached = await invocation.reaches(matches);
  await pause(seconds * 1000);
  await invocation.kill();
  if (!reached) throw new Error(`the command ended before the fault: ${invocation.lines.slice(-3).join("; ")}`);
  return "killed";
}

const killUpAt = (n: number): Fault => ({
  kind: "SIGKILL of up",
  where: `step ${n}`,
  needs: "nothing",
  next: "up",
  strike: ({ stack }) => kill(new Invocation("up", stack), (_, changes) => changes === n),
});

const killDestroyAt = (n: number): Fault => ({
  kind: "SIGKILL of destroy",
  where: `step ${n}`,
  needs: "environment",
  next: "up",
  strike: ({ stack }) => kill(new Invocation("destroy", stack), (_, changes) => changes === n),
});

/** True for the line that says that Pulumi begins to create a resource, whose name may end with a version. */
export const begins = (resource: string) => (line: string) =>
  line.includes("creating") && new RegExp(` ${resource}(-\\d[\\w-]*)?$`).test(line);

const killInside = (resource: string, seconds: number): Fault => ({
  kind: "SIGKILL inside a resource",
  where: `${resource}, ${seconds} s after it began`,
  needs: "nothing",
  next: "up",
  strike: ({ stack }) => kill(new Invocation("up", stack), begins(resource), seconds),
});

/** The same fault, after which the user gives the environment up. */
export const givenUp = (fault: Fault): Fault => ({ ...fault, kind: `${fault.kind}, then destroy`, next: "destroy" });

/** An operation that a user or the system ends, as Ctrl-C in CI or `kill` does. */
const signalled = (signal: NodeJS.Signals, times: number): Fault => ({
  kind: "signal",
  where: `${signal}${times > 1 ? ` ${times} times` : ""} during the Helm release of MetalLB`,
  needs: "nothing",
  next: "up",
  strike: async ({ stack }) => {
    const invocation = new Invocation("up", stack);
    await invocation.reaches(begins("load-balancer-metallb"));
    for (let i = 0; i < times; i++) {
      invocation.signal(signal);
      await pause(500);
    }
    const { code } = await invocation.end();
    if (code === 0) throw new Error("up ended with exit code 0");
    return `exit ${code ?? signal}`;
  },
});

const twoUps: Fault = {
  kind: "two ups at once",
  where: "the second while the first makes the cluster",
  needs: "nothing",
  next: "up",
  strike: async ({ stack }) => {
    const first = new Invocation("up", stack);
    await first.reaches(begins("cluster-nodes"));
    const { code, lines } = await new Invocation("up", stack).end();
    const { code: firstCode } = await first.end();
    if (code === 0 || firstCode !== 0) throw new Error(`exit codes ${firstCode} and ${code}: ${lines.at(-1)}`);
    return `second: exit ${code}: ${lines.at(-1)}`;
  },
};

/** Faults of an operation that ends in its middle. @param kills - number of steps of an up to kill at */
export const interruptions = (kills: number): Fault[] => [
  ...[4, 20, 36].map(killDestroyAt),
  signalled("SIGINT", 1),
  signalled("SIGINT", 2),
  signalled("SIGTERM", 1),
  twoUps,
  ...[1, 4, 8].map((seconds) => givenUp(killInside("cluster-nodes", seconds))),
  ...[1, 4, 8, 11].map((seconds) => killInside("cluster-nodes", seconds)),
  ...["load-balancer-metallb", "mesh-base", "mesh-istiod", "mesh-gateway"].map((release) => killInside(release, 0.5)),
  ...spread(kills, steps.up).map(killUpAt),
];
