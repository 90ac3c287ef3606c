/**
 * Error of Helm for a release that is in Pulumi's state and no longer in the cluster. The engine reports it as a text
 * (https://github.com/helm/helm/blob/v3.18.0/pkg/action/uninstall.go, "Release not loaded").
 */
const gone = /Release not loaded: \S+: release: not found/;

/**
 * Applies a configuration that may remove Helm releases.
 *
 * If a process is killed between the uninstall of a release and the write of the state, the next `up` fails to
 * uninstall it again. A refresh removes it from the state, so the `up` is retried once with a refresh.
 */
export async function upWithoutGoneReleases<Result>(up: (refresh: boolean) => Promise<Result>): Promise<Result> {
  try {
    return await up(false);
  } catch (error) {
    if (!gone.test((error as Error).message)) throw error;
    return await up(true);
  }
}
