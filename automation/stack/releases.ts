import type { Stack } from "@pulumi/pulumi/automation";
import { containers } from "../../host/docker";
import { Api } from "../../host/kubernetes";
import { forgetRevision, helmRevisions, kubeconfig } from "../../k3d/api";
import { isNode } from "../../model/cluster/removal";
import { abandonedRevisions, releaseNames, releaseNamespaces } from "../../model/mesh/releases";
import type { Settings } from "../../model/settings/contract";
import type { Deployment } from "./stateFile";

/** Facts from the stack's state that a command needs before an `up`. */
export interface KnownState {
  /** Helm releases, as NAMESPACE/NAME. */
  readonly releases: ReadonlySet<string>;
  /** Id with which the stack labels what is its own in Docker. */
  readonly identity?: string;
  /** Generation of a cluster that an earlier version of this project made, which gave no id. */
  readonly legacyGeneration?: string;
}

export function knownState(deployment: Deployment | null | undefined): KnownState {
  const resources = deployment?.resources ?? [];
  const helm = resources.filter(({ type }) => type === "kubernetes:helm.sh/v3:Release");
  const commands = resources.filter(({ type }) => type === "command:local:Command");
  const named = (end: string) => commands.find(({ urn }) => urn.endsWith(end));
  const identity = named("-identity")?.outputs?.["stdout"];
  const { CLUSTER = "{}" } = (named("-nodes")?.inputs?.["environment"] ?? {}) as { CLUSTER?: string };
  const { owner, generation } = JSON.parse(CLUSTER) as { owner?: unknown; generation?: string };
  return {
    releases: new Set(helm.map(({ inputs }) => `${inputs?.["namespace"]}/${inputs?.["name"]}`)),
    ...(typeof identity === "string" && { identity }),
    ...(typeof owner === "string" && generation && { legacyGeneration: generation }),
  };
}

export async function readState(stack: Stack): Promise<KnownState> {
  return knownState((await stack.exportStack()).deployment);
}

/** True when every node of a cluster carries the stack's id. */
async function carriesIdentity(clusterName: string, identity: string): Promise<boolean> {
  const nodes = (await containers(`label=k3d.cluster=${clusterName}`)).filter(isNode);
  return nodes.length > 0 && nodes.every(({ id }) => id === identity);
}

/**
 * Deletes the record of Helm revisions that a killed operation left, since Helm refuses to install over them. The
 * objects that they installed stay, and belong to the next install.
 *
 * It looks only at releases that this program makes, and only in a cluster that carries the id of the stack's state.
 */
export async function recoverReleases(
  settings: Settings,
  { releases: known, identity }: KnownState,
  say: (line: string) => void,
): Promise<void> {
  const { cluster, clusterName } = settings;
  if (cluster === "existing" || identity === undefined) return;
  // a cluster that is gone, stopped or slow has nothing to recover here: the up deals with it
  const api = await carriesIdentity(clusterName, identity)
    .then(async (isOwned) => (isOwned ? new Api(await kubeconfig(clusterName)) : undefined))
    .catch(() => undefined);
  if (!api) return;
  const lists = releaseNamespaces.map((namespace) => helmRevisions(api, namespace));
  const revisions = (await Promise.all(lists).catch(() => [])).flat();
  for (const revision of abandonedRevisions(revisions, releaseNames(settings), known)) {
    await forgetRevision(api, revision);
    say(`forgot the ${revision.status} Helm release ${revision.namespace}/${revision.release} of a killed operation`);
  }
}
