import { execFileSync } from "node:child_process";
import { lines } from "../../host/process";

/** Lines that a command of Docker prints. */
export const dockerLines = (...args: string[]): string[] => lines(execFileSync("docker", args, { encoding: "utf8" }));

/** True for an object of a cluster. Another cluster may have a name that begins as its name does. */
export const belongsTo = (cluster: string, object: string): boolean => new RegExp(` k3d-${cluster}(-|$)`).test(object);

/** Everything in Docker that carries the cluster's name, and not a longer one: containers, networks, volumes. */
export function leftovers(cluster: string): string[] {
  const all = [
    ...dockerLines("ps", "-a", "--format", "container {{.Names}}"),
    ...dockerLines("network", "ls", "--format", "network {{.Name}}"),
    ...dockerLines("volume", "ls", "--format", "volume {{.Name}}"),
  ];
  return all.filter((line) => belongsTo(cluster, line));
}
