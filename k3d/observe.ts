import type { Observed } from "../model/clusterState";
import type { ClusterSettings } from "../model/k3dConfig";
import { generationLabel, ownerLabel } from "../model/names";
import { nodesReady } from "./api";
import { lines, run } from "./run";

/** A container that k3d made. */
interface Container {
  readonly name: string;
  readonly running: boolean;
  readonly labels: Readonly<Record<string, string | undefined>>;
}

const role = ({ labels }: Container): string => labels["k3d.role"] ?? "";
/** Whether k3s runs in it. */
const isNode = (container: Container): boolean => ["server", "agent"].includes(role(container));

async function inspect(label: string): Promise<Container[]> {
  const found = lines(await run("docker", ["ps", "-aq", "--no-trunc", "--filter", `label=${label}`]));
  if (found.length === 0) return [];
  const format = '{"name":{{json .Name}},"running":{{json .State.Running}},"labels":{{json .Config.Labels}}}';
  const inspected = await run("docker", ["inspect", "--format", format, ...found]);
  return lines(inspected).map((line) => JSON.parse(line) as Container);
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
  const containers = await inspect(`k3d.cluster=${clusterName}`);
  const nodes = containers.filter(isNode);
  const beside = containers.find((container) => role(container) === "registry");
  const expected = 1 + agents;
  const running = nodes.filter((node) => node.running).length;
  const asked = patience !== undefined && running === expected && nodes.length === expected;
  const healthy = asked ? await nodesReady(clusterName, expected, patience) : undefined;
  return {
    owners: nodes.map(({ labels }) => labels[ownerLabel]),
    running,
    expected,
    ...(registry && { registry: beside ? (beside.running ? "running" : "stopped") : "gone" }),
    ...(healthy !== undefined && { healthy }),
    generation: nodes.map(({ labels }) => labels[generationLabel]).find(Boolean),
  };
}

/** Whether a cluster has a node, running or not, whosever it is. */
export const hasNodes = async (clusterName: string): Promise<boolean> =>
  (await inspect(`k3d.cluster=${clusterName}`)).some(isNode);

/** Names of every cluster whose nodes carry the owner's label. */
export async function clustersOf(owner: string): Promise<string[]> {
  const nodes = (await inspect(`${ownerLabel}=${owner}`)).filter(isNode);
  return [...new Set(nodes.map(({ labels }) => labels["k3d.cluster"] ?? ""))].filter(Boolean);
}
