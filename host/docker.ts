import { accountLabel, cacheLabel } from "../model/cluster/imageCache";
import { ownershipLabels } from "../model/cluster/ownership";
import type { Removable } from "../model/cluster/removal";
import { type CommandFailed, capture, lines } from "./process";

/** A container, network or volume of Docker; a missing label is an empty text. */
export interface DockerObject extends Removable {
  /** Docker's state of a container; empty for networks and volumes. */
  readonly state: string;
  readonly settings: string;
  /** Registry whose images an image cache keeps. */
  readonly cache: string;
  /** Account that created an image cache, USER@HOST; empty for one of an earlier version. */
  readonly account: string;
}

const labels = {
  stack: ownershipLabels.stack,
  id: ownershipLabels.id,
  location: ownershipLabels.state,
  generation: ownershipLabels.generation,
  settings: ownershipLabels.settings,
  cache: cacheLabel,
  account: accountLabel,
  cluster: "k3d.cluster",
  role: "k3d.role",
  app: "app",
};

const formatOf = (fields: Readonly<Record<string, string>>): string => {
  const members = [
    ...Object.entries(fields).map(([field, source]) => `"${field}":{{json ${source}}}`),
    ...Object.entries(labels).map(([field, key]) => `"${field}":{{json (.Label "${key}")}}`),
  ];
  return `{${members.join(",")}}`;
};

/** Runs Docker's command line. @throws Error with a remedy when Docker does not answer in time */
export function docker(args: readonly string[], seconds = 60): Promise<string> {
  return capture("docker", args, { seconds }).catch((error: CommandFailed) => {
    if (error.kind !== "late") throw error;
    throw new Error(
      `Docker did not answer "docker ${args.slice(0, 2).join(" ")}" in ${seconds} s; fix: restart Docker, then run the command again`,
    );
  });
}

async function listObjects(
  command: readonly string[],
  fields: Readonly<Record<string, string>>,
  filters: readonly string[],
) {
  const filterOptions = filters.flatMap((filter) => ["--filter", filter]);
  const output = await docker([...command, ...filterOptions, "--format", formatOf(fields)]);
  return lines(output).map((line) => ({ state: "", ...JSON.parse(line) }) as DockerObject);
}

/** Containers, running or not, that match all of Docker's filters. */
export const containers = (...filters: readonly string[]): Promise<DockerObject[]> =>
  listObjects(["ps", "-a"], { ref: ".ID", name: ".Names", state: ".State" }, filters);

/** Port of 127.0.0.1 to which Docker publishes the registry in a container; NaN if it is not published. */
export async function registryPort(container: string): Promise<number> {
  const addresses = await docker(["port", container, "5000/tcp"]);
  return Number(lines(addresses)[0]?.split(":").at(-1));
}

export const networks = (...filters: readonly string[]): Promise<DockerObject[]> =>
  listObjects(["network", "ls"], { ref: ".ID", name: ".Name" }, filters);

export const volumes = (...filters: readonly string[]): Promise<DockerObject[]> =>
  listObjects(["volume", "ls"], { ref: ".Name", name: ".Name" }, filters);

/**
 * Saves images to an archive for `docker load`.
 *
 * The containerd image store has the index of an image for many platforms and the content of one. Where Docker then misses
 * the others' content, only this one is saved (https://docs.docker.com/reference/cli/docker/image/save/#platform).
 */
export async function saveImages(file: string, names: readonly string[]): Promise<void> {
  const save = (...options: readonly string[]) =>
    capture("docker", ["save", ...options, "--output", file, ...names], { seconds: 1800 });
  try {
    await save();
  } catch (error) {
    // https://github.com/docker/cli/issues/5476
    if (!/content digest.*not found/is.test((error as CommandFailed).reason)) throw error;
    await save(
      "--platform",
      (await capture("docker", ["version", "--format", "{{.Server.Os}}/{{.Server.Arch}}"])).trim(),
    );
  }
}
