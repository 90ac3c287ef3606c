import { existsSync } from "node:fs";
import { statfs } from "node:fs/promises";
import { hostname } from "node:os";
import { containers } from "../../../host/docker";
import { type CommandFailed, capture, lines } from "../../../host/process";
import { takenName } from "../../../k3d/create";
import { clusterNames, clustersOf } from "../../../k3d/observe";
import type { Observation } from "../../../model/checks/result";
import { dockerFailure } from "../../../model/cluster/dockerFailure";
import { networkLines } from "../../../model/cluster/dockerNetworks";
import type { Owner } from "../../../model/cluster/ownership";
import { freeName, ownerText } from "../../../model/cluster/refusals";
import { claimOnObject } from "../../../model/cluster/removal";
import * as engine from "../../../model/doctor/engine";
import { ok, problem, unknown, warning } from "../../../model/doctor/finding";
import { parseJson } from "../../../model/json";
import { configSet, run as npm, remedy } from "../../../model/output/remedy";

/** Seconds that Docker may take to answer: Docker Desktop wakes up slowly, and a machine may be busy. */
const limit = 30;
/** Milliseconds above which its answer counts as slow. */
const slow = 5000;

const askDocker = (...args: readonly string[]): Promise<string> => capture("docker", args, { seconds: limit });

/** Docker's version, and its own information; undefined if Docker does not answer. */
async function dockerEngine(): Promise<{ observation: Observation; info?: engine.DockerInfo }> {
  const begun = performance.now();
  try {
    const version = (await askDocker("version", "--format", "{{.Server.Version}}")).trim();
    const info = parseJson<engine.DockerInfo>(await askDocker("info", "--format", "{{json .}}").catch(() => "")) ?? {};
    const took = performance.now() - begun;
    const busy = `${version}, answers after ${Math.round(took / 1000)} s`;
    const observation =
      took < slow ? ok(version) : warning(busy, "wait until the machine is less busy", "this-machine");
    return { observation, info };
  } catch (error) {
    return { observation: noDocker(error as CommandFailed) };
  }
}

function noDocker({ kind, reason }: CommandFailed): Observation {
  if (kind === "missing") return problem("is not installed", "install it: https://docs.docker.com/get-docker/");
  if (kind === "late") return problem(`does not answer in ${limit} s`, "start or restart Docker");
  const failure = dockerFailure(reason);
  return problem(failure?.problem ?? reason, failure?.remedy ?? "start Docker");
}

/** Address of the API of the Docker that is used: DOCKER_HOST, or the current context's. */
async function dockerHost(): Promise<string> {
  const named = process.env["DOCKER_HOST"];
  if (named) return named;
  return (await askDocker("context", "inspect", "--format", "{{.Endpoints.docker.Host}}").catch(() => "")).trim();
}

/** True in a container that uses the Docker which runs it, unless the container is in the host's network. */
async function besideDocker(): Promise<boolean> {
  if (!existsSync("/.dockerenv") && !existsSync("/run/.containerenv")) return false;
  const mode = await askDocker("container", "inspect", "--format", "{{.HostConfig.NetworkMode}}", hostname()).catch(
    () => "host",
  );
  return !["", "host"].includes(mode.trim());
}

/** Docker, as the checks of the doctor see it. */
export interface DockerEngine {
  readonly observation: Observation;
  /** The failure of a Docker on another machine or outside of this container. */
  readonly elsewhere?: Observation;
  /** Docker's own information; undefined if it does not answer or runs elsewhere, so that other checks are about this machine. */
  readonly info?: engine.DockerInfo;
}

export async function inspectDocker(): Promise<DockerEngine> {
  const { observation, info } = await dockerEngine();
  const away = engine.remoteDockerHost(await dockerHost());
  const where = away ?? (info && (await besideDocker()) ? "the Docker outside of this container" : undefined);
  if (where !== undefined) return { observation, elsewhere: engine.dockerElsewhere(where) };
  return info ? { observation, info } : { observation };
}

/** The disk of Docker's folder; undefined if that is in a virtual machine. */
export async function dockerDisk({ DockerRootDir, ...info }: engine.DockerInfo) {
  if (!DockerRootDir || engine.isInVirtualMachine(info)) return undefined;
  const stats = await statfs(DockerRootDir).catch(() => undefined);
  return stats && { free: stats.bavail * stats.bsize, total: stats.blocks * stats.bsize };
}

/** A cluster, or another object with one of its names, that belongs to somebody else. */
export async function foreignCluster(clusterName: string, owner: Owner | undefined): Promise<Observation | undefined> {
  const nodes = await containers(`label=k3d.cluster=${clusterName}`, "label=k3d.role=server").catch(() => undefined);
  if (nodes === undefined) return unknown("Docker does not list its containers");
  if (owner === undefined) return undefined;
  if (nodes.length === 0) {
    const taken = await takenName(clusterName, owner).catch(() => undefined);
    return taken && problem(taken.problem, taken.remedy);
  }
  const foreign = nodes.find((node) => claimOnObject(node, owner) === "foreign");
  if (foreign)
    return problem(
      `belongs to ${ownerText({ stack: foreign.stack, state: foreign.location })}`,
      remedy`${configSet("clusterName", freeName(clusterName, await clusterNames()))}, or: k3d cluster delete ${clusterName}`,
    );
  return nodes.some((node) => claimOnObject(node, owner) === "lost")
    ? problem("was made by this stack before its state was lost", remedy`${npm("destroy")} removes it`)
    : undefined;
}

/** Docker's networks, one a line, and the names of the stack's own networks. */
export async function dockerNetworks(
  clusterName: string,
  owner: Owner | undefined,
): Promise<{ lines: string; ownNetworks: string[] }> {
  const named = owner ? await clustersOf(owner).catch(() => []) : [];
  const ids = lines(await askDocker("network", "ls", "-q"));
  const networks = ids.length > 0 ? await askDocker("network", "inspect", "--format", networkLines, ...ids) : "";
  // if the stack's cluster has another name, an up removes it
  return { lines: networks, ownNetworks: [clusterName, ...named].map((name) => `k3d-${name}`) };
}
