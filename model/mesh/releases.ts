import { gateway, meshNamespace, metallbNamespace } from "../names";

/** The Helm releases that the program makes. `istiod` is the control plane of environments from before revisions. */
export const releases = [
  { namespace: metallbNamespace, release: /^metallb$/ },
  { namespace: meshNamespace, release: /^istio-base$/ },
  { namespace: meshNamespace, release: /^istiod(-\d+-\d+-\d+[a-z0-9-]*)?$/ },
  { namespace: meshNamespace, release: new RegExp(`^${gateway.release}$`) },
] as const;

/** A revision of a Helm release. */
interface Revision {
  readonly namespace: string;
  readonly release: string;
  readonly status: string;
}

/**
 * Returns the revisions that a killed operation left behind: pending ones, and ones that the state does not contain,
 * because the kill came before the state was written. Ignores all releases that are not of the program.
 *
 * @param known - releases in the stack's state, as NAMESPACE/NAME
 */
export function abandoned<Found extends Revision>(revisions: readonly Found[], known: ReadonlySet<string>): Found[] {
  const isOurs = ({ namespace, release }: Found) =>
    releases.some((ours) => ours.namespace === namespace && ours.release.test(release));
  return revisions.filter(
    (found) =>
      isOurs(found) && (found.status.startsWith("pending-") || !known.has(`${found.namespace}/${found.release}`)),
  );
}
