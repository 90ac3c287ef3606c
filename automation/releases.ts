import type { Stack } from "@pulumi/pulumi/automation";
import { forgetRevision, helmRevisions, kubeconfig } from "../k3d/api";
import { Api } from "../k3d/apiClient";
import { meshNamespace, metallbNamespace } from "../model/names";
import { abandoned } from "../model/releases";
import { parseSettings } from "../model/settings";
import { plainConfig } from "./stack";

interface StateResource {
  readonly type: string;
  readonly inputs?: Readonly<Record<string, unknown>>;
}

/** Helm releases that the stack's state knows, as NAMESPACE/NAME. */
async function knownReleases(stack: Stack): Promise<Set<string>> {
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
export async function recoverReleases(stack: Stack, say: (line: string) => void): Promise<void> {
  const { settings } = parseSettings(await plainConfig(stack));
  if (!settings || settings.cluster === "existing") return;
  // a cluster that is gone or stopped has nothing to recover here: the up makes or starts it
  const api = await kubeconfig(settings.clusterName).then(
    (text) => new Api(text),
    () => undefined,
  );
  if (!api) return;
  const found = [metallbNamespace, meshNamespace].map((namespace) => helmRevisions(api, namespace));
  const revisions = (await Promise.all(found).catch(() => [])).flat();
  if (revisions.length === 0) return;
  for (const revision of abandoned(revisions, await knownReleases(stack))) {
    await forgetRevision(api, revision);
    say(`forgot the ${revision.status} Helm release ${revision.namespace}/${revision.release} of a killed operation`);
  }
}
