import { execFileSync } from "node:child_process";
import { ownershipLabels } from "../../model/cluster/ownership";
import { ownerOf, project } from "../../model/names";
import versions from "../../versions.json";

export const docker = (...args: string[]): string =>
  execFileSync("docker", args, { encoding: "utf8", stdio: ["ignore", "pipe", "ignore"], timeout: 300_000 });

/** Docker's kind and name of an object. */
export type DockerName = readonly [kind: "container" | "network" | "volume", name: string];

/** `docker inspect` of objects as one text. Docker shows the mounts and networks of a container in random order. */
export const inspect = (objects: readonly DockerName[]): string =>
  objects.map(([kind, name]) => docker("inspect", "--type", kind, name).split("\n").sort().join("\n")).join("");

export const removeObjects = (objects: readonly DockerName[]): void => {
  for (const [kind, name] of [...objects].reverse())
    docker(...(kind === "container" ? ["rm", "--force", "--volumes", name] : [kind, "rm", name]));
};

/**
 * Docker objects of somebody else that stay for the whole table. Their names begin as those of the cluster do, and they
 * look as those of a cluster of the same stack in another checkout.
 */
export class ForeignObjects {
  private readonly before: string;
  private constructor(private readonly objects: readonly DockerName[]) {
    this.before = inspect(objects);
  }

  static make(cluster: string): ForeignObjects {
    const name = `k3d-${cluster}-2`;
    const objects: readonly DockerName[] = [
      ["network", name],
      ["volume", `${name}-storage`],
      ["container", `${name}-server-0`],
    ];
    const present = docker("ps", "-a", "--filter", `name=^/?${name}-server-0$`, "--format", "{{.ID}}");
    if (present) removeObjects(objects);
    const labels = [
      "app=k3d",
      "k3d.role=server",
      `k3d.cluster=${cluster}-2`,
      `${ownershipLabels.stack}=${ownerOf(project, "somebody-else")}`,
      `${ownershipLabels.id}=00000000-0000-4000-8000-000000000001`,
    ].flatMap((label) => ["--label", label]);
    docker("network", "create", "--label", "app=k3d", name);
    docker("volume", "create", ...labels, `${name}-storage`);
    docker("create", "--name", `${name}-server-0`, "--network", name, ...labels, versions.registryImage);
    return new ForeignObjects(objects);
  }

  /** True for a line of `leftovers` that is one of these objects. */
  includes = (line: string): boolean => this.objects.some(([kind, name]) => line === `${kind} ${name}`);

  /** Name of the first object that differs from its beginning; undefined when none does. */
  changed(): string | undefined {
    try {
      return inspect(this.objects) === this.before ? undefined : "an object of somebody else";
    } catch {
      return "an object of somebody else is gone or";
    }
  }

  remove = (): void => removeObjects(this.objects);
}
