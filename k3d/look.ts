import { type ClusterState, classify } from "../model/cluster/clusterState";
import type { ClusterSettings } from "../model/cluster/k3dConfig";
import type { Owner } from "../model/cluster/ownership";
import {
  changes,
  commandsOf,
  freeName,
  mixedNodes,
  nameTaken,
  notProven,
  ownerText,
  stateLost,
  unreachable,
} from "../model/cluster/refusals";
import type { Logins } from "../model/cluster/registries";
import { claimed } from "../model/cluster/removal";
import { failureText } from "../model/output/remedy";
import { clusterNames, type Look, observe } from "./observe";

/** The one cluster that a stack has. */
export interface Wanted {
  readonly settings: ClusterSettings;
  readonly owner: Owner;
  /** Value of the label that distinguishes the cluster from an earlier or a later one: see {@link generation}. */
  readonly generation: string;
  /** Credentials of its mirrors. */
  readonly logins?: Logins;
  /** Generation of a cluster without an id that the stack's state is known to hold. */
  readonly legacyGeneration?: string | undefined;
  /** True while a rollout runs, in which the cluster is not replaced. */
  readonly keep?: boolean;
  /** Seconds that a running cluster gets to become ready, as after the host wakes up. @default 90 */
  readonly patience?: number;
}

/** Seconds of patience when nothing else is wanted. */
export const usualPatience = 90;

/** State of a cluster, and the observation that it follows from. */
export interface Seen {
  readonly state: ClusterState;
  readonly look: Look;
}

export async function look(
  { settings, owner, legacyGeneration }: Wanted,
  generation: string,
  seconds?: number,
): Promise<Seen> {
  const seen = await observe(settings, owner, { patience: seconds, legacyGeneration });
  return { state: classify(seen, generation), look: seen };
}

/** The reason to refuse a cluster, or undefined for one that the stack may use or replace. */
export async function refusal(wanted: Wanted, { state, look }: Seen): Promise<string | undefined> {
  const { settings, owner, legacyGeneration } = wanted;
  const { clusterName } = settings;
  if (state === "foreign") {
    const foreign = look.nodes.filter((each) => claimed(each, owner, legacyGeneration) === "foreign");
    const names = foreign.map(({ name }) => name);
    if (look.claims.includes("ours")) return mixedNodes(clusterName, names);
    const [node] = foreign;
    const belongsTo = ownerText({ stack: node?.stack ?? "", state: node?.location ?? "" });
    const cluster = { what: `the k3d cluster ${clusterName}`, belongsTo, remove: `k3d cluster delete ${clusterName}` };
    return failureText(nameTaken(clusterName, cluster, freeName(clusterName, await clusterNames())), commandsOf(owner));
  }
  if (state === "lost") return stateLost(clusterName, owner);
  if (state === "unproven") return notProven(clusterName, look.generation ?? "", owner);
  if (state === "unreachable") return notReady(wanted, look, look.why ?? "it does not answer");
  return undefined;
}

/** Text for a cluster whose containers run and that is not ready. */
export function notReady({ settings, owner, patience = usualPatience }: Wanted, { nodes }: Look, why: string): string {
  const names = nodes.map(({ name }) => name);
  return unreachable(settings.clusterName, why, patience, names.sort().reverse(), owner);
}

/** The reason why a cluster is replaced; undefined when there is none yet. */
export function replacementReason({ settings }: Wanted, { state, look }: Seen): string | undefined {
  if (state === "outdated") return changes(look.nodes.find((node) => node.settings)?.settings ?? "", settings);
  if (state === "incomplete") return "a node or the registry is gone or never ran";
  return undefined;
}
