import type { Stack } from "@pulumi/pulumi/automation";
import { Api } from "../../host/kubernetes";
import { forgetRevision, helmRevisions, kubeconfig } from "../../k3d/api";
import { abandoned } from "../../model/mesh/releases";
import { meshNamespace, metallbNamespace } from "../../model/names";
import type { Settings } from "../../model/settings/contract";

interface StateResource {
  readonly type: string;
  readonly inputs?: Readonly<Record<string, unknown>>;
}

/** Helm releases that the stack's state knows, as NAMESPACE/NAME. */
export async function knownReleases(stack: Stack): Promise<Set<string>> {
  const { deployment } = await stack.exportStack();
  const resources = (deployment as { resources?: readonly StateResource[] } | null)?.resources ?? [];
  const releases = resources.filter(({ type }) => type === "kubernetes:helm.sh/v3:Release");
  return new Set(releases.map(({ inputs }) => `${inputs?.["namespace"]}/${inputs?.["name"]}`));
}

/**
 * Forgets Helm revisions that a killed operation left: those still pending, and those of releases that the state does
 * not know. Helm refuses to install over either, and adopts what they installed once they are forgotten.
 *
 * In a cluster that the user has it touches nothing: a release there may be the user's own.
 */
export async function recoverReleases(
  { cluster, clusterName }: Settings,
  known: ReadonlySet<string>,
  say: (line: string) => void,
): Promise<void> {
  if (cluster === "existing") return;
  // a cluster that is gone or stopped has nothing to recover here: the up makes or starts it
  const api = await kubeconfig(clusterName).then(
    (text) => new Api(text),
    () => undefined,
  );
  if (!api) return;
  const found = [metallbNamespace, meshNamespace].map((namespace) => helmRevisions(api, namespace));
  const revisions = (await Promise.all(found).catch(() => [])).flat();
  for (const revision of abandoned(revisions, known)) {
    await forgetRevision(api, revision);
    say(`forgot the ${revision.status} Helm release ${revision.namespace}/${revision.release} of a killed operation`);
  }
}
