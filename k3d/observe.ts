import { lines, run } from "../host/process";
import type { Observed } from "../model/cluster/clusterState";
import type { ClusterSettings } from "../model/cluster/k3dConfig";
import { generationLabel, ownerLabel } from "../model/names";
import { kubeconfig, nodesReady } from "./api";

/** A container that k3d made. */
interface Container {
  readonly state: string;
  readonly role: string;
  readonly cluster: string;
  /** Empty where it has no such label. */
  readonly owner: string;
  readonly generation: string;
}

/** Whether k3s runs in it. */
const isNode = ({ role }: Container): boolean => ["server", "agent"].includes(role);
/** States of a container that has processes (https://docs.docker.com/reference/cli/docker/container/ls/#status). */
const isRunning = ({ state }: Container): boolean => ["running", "paused", "restarting"].includes(state);

async function labelled(label: string): Promise<Container[]> {
  const labels = { role: "k3d.role", cluster: "k3d.cluster", owner: ownerLabel, generation: generationLabel };
  const fields = Object.entries(labels).map(([field, key]) => `"${field}":{{json (.Label "${key}")}}`);
  const format = `{"state":{{json .State}},${fields}}`;
  const found = await run("docker", ["ps", "-a", "--filter", `label=${label}`, "--format", format]);
  return lines(found).map((line) => JSON.parse(line) as Container);
}

/**
 * What Docker and the API server tell of the cluster.
 *
 * @param patience - seconds to wait for an API server that does not answer yet; without, it is not asked
 */
export async function observe(
  { clusterName, agents, registry }: Pick<ClusterSettings, "clusterName" | "agents" | "registry">,
  patience?: number,
): Promise<Observed> {
  // both at once, since nearly always there is a cluster to ask
  const access = patience === undefined ? undefined : kubeconfig(clusterName);
  // a cluster that is not all there has none, and is not asked
  access?.catch(() => {});
  const containers = await labelled(`k3d.cluster=${clusterName}`);
  const nodes = containers.filter(isNode);
  const beside = containers.find(({ role }) => role === "registry");
  const expected = 1 + agents;
  const running = nodes.filter(isRunning).length;
  const asked = patience !== undefined && running === expected && nodes.length === expected;
  const healthy = asked ? await nodesReady(clusterName, expected, patience, access) : undefined;
  return {
    owners: nodes.map(({ owner }) => owner || undefined),
    running,
    expected,
    ...(registry && { registry: beside ? (isRunning(beside) ? "running" : "stopped") : "gone" }),
    ...(healthy !== undefined && { healthy }),
    generation: nodes.map(({ generation }) => generation).find(Boolean),
  };
}

/** Whether a cluster has a node, running or not, whosever it is. */
export const hasNodes = async (clusterName: string): Promise<boolean> =>
  (await labelled(`k3d.cluster=${clusterName}`)).some(isNode);

/** Names of every cluster whose nodes carry the owner's label. */
export async function clustersOf(owner: string): Promise<string[]> {
  const nodes = (await labelled(`${ownerLabel}=${owner}`)).filter(isNode);
  return [...new Set(nodes.map(({ cluster }) => cluster))].filter(Boolean);
}
