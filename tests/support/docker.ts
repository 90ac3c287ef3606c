import { execFileSync } from "node:child_process";
import { lines } from "../../host/process";

const names = (...args: string[]) => lines(execFileSync("docker", args, { encoding: "utf8" }));

/** True for an object of a cluster. Another cluster may have a name that begins as its name does. */
export const belongsTo = (cluster: string, object: string): boolean => new RegExp(` k3d-${cluster}(-|$)`).test(object);

/** Everything in Docker that carries the cluster's name, and not a longer one: containers, networks, volumes. */
export function leftovers(cluster: string): string[] {
  const all = [
    ...names("ps", "-a", "--format", "container {{.Names}}"),
    ...names("network", "ls", "--format", "network {{.Name}}"),
    ...names("volume", "ls", "--format", "volume {{.Name}}"),
  ];
  return all.filter((line) => belongsTo(cluster, line));
}
