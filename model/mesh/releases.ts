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
 * The revisions that no operation will finish.
 *
 * A release that the program does not make is never among them. Of the others, a pending revision was left by a killed
 * operation, and so was a release that the state does not contain: the kill came before the state was written.
 *
 * @param known - releases in the stack's state, as NAMESPACE/NAME
 */
export function abandoned<Found extends Revision>(revisions: readonly Found[], known: ReadonlySet<string>): Found[] {
  const isOwn = ({ namespace, release }: Found) =>
    releases.some((own) => own.namespace === namespace && own.release.test(release));
  return revisions.filter(
    (found) =>
      isOwn(found) && (found.status.startsWith("pending-") || !known.has(`${found.namespace}/${found.release}`)),
  );
}
