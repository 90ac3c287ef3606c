/** A revision of a Helm release as far as its fate is concerned. */
interface Revision {
  readonly namespace: string;
  readonly release: string;
  readonly status: string;
}

/**
 * The revisions that no operation will finish: pending ones, and those of releases that the state does not know.
 *
 * @param known - releases in the stack's state, as NAMESPACE/NAME
 */
export function abandoned<Found extends Revision>(revisions: readonly Found[], known: ReadonlySet<string>): Found[] {
  return revisions.filter(
    ({ namespace, release, status }) => status.startsWith("pending-") || !known.has(`${namespace}/${release}`),
  );
}
