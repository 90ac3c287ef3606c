import type { Observed } from "../model/clusterState";
import { generationLabel, ownerLabel } from "../model/names";
import { nodesReady } from "./api";
import { run } from "./run";

/** A container of the cluster that k3s runs in. */
interface Node {
  readonly name: string;
  readonly running: boolean;
  readonly labels: Readonly<Record<string, string | undefined>>;
}

async function inspectNodes(label: string): Promise<Node[]> {
  const ids = await run("docker", ["ps", "-aq", "--no-trunc", "--filter", `label=${label}`]);
  const found = ids.split("\n").filter(Boolean);
  if (found.length === 0) return [];
  const format = '{"name":{{json .Name}},"running":{{json .State.Running}},"labels":{{json .Config.Labels}}}';
  const lines = (await run("docker", ["inspect", "--format", format, ...found])).trim().split("\n");
  const nodes = lines.map((line) => JSON.parse(line) as Node);
  return nodes.filter(({ labels }) => labels["k3d.role"] === "server" || labels["k3d.role"] === "agent");
}

/**
 * What Docker and the API server tell of the cluster.
 *
 * @param patience - seconds to wait for an API server that does not answer yet
 */
export async function observe(cluster: string, agents: number, patience: number): Promise<Observed> {
  const nodes = await inspectNodes(`k3d.cluster=${cluster}`);
  const expected = 1 + agents;
  const running = nodes.filter((node) => node.running).length;
  const healthy =
    running === expected && nodes.length === expected ? await nodesReady(cluster, expected, patience) : undefined;
  return {
    owners: nodes.map(({ labels }) => labels[ownerLabel]),
    running,
    expected,
    ...(healthy !== undefined && { healthy }),
    generation: nodes.map(({ labels }) => labels[generationLabel]).find(Boolean),
  };
}

/** Names of every cluster whose nodes carry the owner's label. */
export async function clustersOf(owner: string): Promise<string[]> {
  const nodes = await inspectNodes(`${ownerLabel}=${owner}`);
  return [...new Set(nodes.map(({ labels }) => labels["k3d.cluster"] ?? ""))].filter(Boolean);
}
