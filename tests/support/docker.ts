import { execFileSync } from "node:child_process";
import { lines } from "../../host/process";

const names = (...args: string[]) => lines(execFileSync("docker", args, { encoding: "utf8" }));

/** Everything in Docker that carries the cluster's name: containers, networks, volumes. */
export function leftovers(cluster: string): string[] {
  const all = [
    ...names("ps", "-a", "--format", "container {{.Names}}"),
    ...names("network", "ls", "--format", "network {{.Name}}"),
    ...names("volume", "ls", "--format", "volume {{.Name}}"),
  ];
  return all.filter((line) => line.includes(`k3d-${cluster}`));
}
