import { parseJson } from "../json";
import { type CommandWriter, configSet, type Failure, forNpm, remedy } from "../output/remedy";
import { legacyGenerationVariable, type Owner, type OwnershipLabels } from "./ownership";

/** Writes commands for the stack of an owner. */
export function commandsOf({ stack = "" }: Partial<Owner>): CommandWriter {
  const name = stack.split("/").at(-1);
  return forNpm(name === "dev" || name === "" ? undefined : name);
}

const npmCommand = (command: "up" | "destroy", owner: Owner): string => commandsOf(owner)({ command });

/** First of NAME-2, NAME-3 and so on that no cluster has. */
export function freeName(name: string, taken: readonly string[]): string {
  const [, base = name] = /^(.*?)(?:-\d+)?$/.exec(name) ?? [];
  for (let number = 2; ; number++) if (!taken.includes(`${base}-${number}`)) return `${base}-${number}`;
}

/** The owner of an object in Docker, for people. */
export function ownerText({ stack, state }: Pick<OwnershipLabels, "stack" | "state">): string {
  if (!stack) return "something that this project did not make";
  return `stack ${stack.split("/").at(-1)}${state ? ` with its state in ${state}` : " of another checkout or an earlier version of this project"}`;
}

/** Failure when somebody else's object has a name of the cluster. @param remove - command with which its owner removes it */
export const nameTaken = (
  clusterName: string,
  object: { readonly what: string; readonly belongsTo: string; readonly remove: string },
  free: string,
): Failure => ({
  problem: `clusterName = "${clusterName}" is taken: ${object.what} belongs to ${object.belongsTo}; it was left untouched`,
  remedy: remedy`${configSet("clusterName", free)}; or, to remove it with all its contents: ${object.remove}`,
});

/** Error for a cluster that a lost state of the same stack at the same place created. */
export const stateLost = (clusterName: string, owner: Owner): string =>
  `the k3d cluster ${clusterName} was made by this stack (${owner.stack}) before its state in ${owner.state} was lost or replaced; ` +
  `it was left untouched; fix: ${npmCommand("destroy", owner)} removes it, then ${npmCommand("up", owner)}`;

/** Error for a cluster of an earlier version of this project, which wrote no id. */
export const notProven = (clusterName: string, generation: string, owner: Owner): string =>
  `the k3d cluster ${clusterName} was made by an earlier version of this project for a stack of the same name, and nothing proves that it is this one's; ` +
  `it was left untouched; fix: ${npmCommand("up", owner)} takes it over if this stack's state holds it (with plain Pulumi: ${legacyGenerationVariable}=${generation} pulumi up); ` +
  `if it is yours and its state is lost: k3d cluster delete ${clusterName}`;

/** Error for a cluster of the stack with nodes of somebody else. @param nodes - names of those nodes */
export const mixedNodes = (clusterName: string, nodes: readonly string[]): string =>
  `the k3d cluster ${clusterName} has nodes without the id of this stack: ${nodes.join(", ")}; it was left as it is; ` +
  `fix: docker rm --force --volumes ${nodes.join(" ")}, then run the command again`;

/** Error for a network of the stack with containers of somebody else. @param containers - names of those containers */
export const networkInUse = (network: string, containers: readonly string[]): string =>
  `the network ${network} stays: containers that this project did not make are connected to it: ${containers.join(", ")}; ` +
  `fix: ${containers.map((container) => `docker network disconnect ${network} ${container}`).join("; ")}; then run the command again`;

/** Error for a cluster whose containers run and whose API server does not answer. */
export const unreachableCluster = (
  clusterName: string,
  reason: string,
  seconds: number,
  nodes: readonly string[],
  owner: Owner,
): string =>
  `the k3d cluster ${clusterName} was not ready in ${seconds} s: ${reason}; it was left as it is; ` +
  `fix: docker restart ${nodes.join(" ")}, then ${npmCommand("up", owner)}; ` +
  `or, to lose it and make a new one: ${npmCommand("destroy", owner)}, then ${npmCommand("up", owner)}`;

/** Error for a rollout that would have to replace the cluster. */
export const keptForRollout = (clusterName: string, reason: string, owner: Owner): string =>
  `the k3d cluster ${clusterName} would have to be replaced: ${reason}; a rollout does not replace it; fix: ${npmCommand("up", owner)} first`;

/** The reason why a cluster has to be replaced. @param settingsOfCluster - settings that the cluster was made from, as JSON */
export function changedSettings(settingsOfCluster: string, wanted: object): string {
  const previous = parseJson<Readonly<Record<string, unknown>>>(settingsOfCluster);
  const text = (value: unknown) => JSON.stringify(value) ?? "nothing";
  const changed = Object.entries(wanted)
    .filter(([key, value]) => previous && key !== "nodes" && text(previous[key]) !== text(value))
    .map(([key, value]) => `${key} changes from ${text(previous?.[key])} to ${text(value)}`);
  return changed.join(", ") || "the nodes' proxy or CA changes, or this version of the project makes it in another way";
}

/** A warning before a cluster is replaced. */
export const replacementWarning = (clusterName: string, reason: string): string =>
  `the k3d cluster ${clusterName} will be replaced: ${reason}. Everything that you put into it is lost, and so are the data of its volumes and the images in its registry.`;
