import type { UpgradeRequests } from "../../../model/upgrade/journal";
import type { UpgradeLoad } from "./load";

/**
 * Measures while work is done, and for so many seconds after it. The work always ends before the promise settles, so
 * that no two changes of the environment overlap.
 *
 * @param record - receives the requests of each window
 * @throws the error of the work, or else of `record`
 */
export async function measureDuring(
  work: () => Promise<void>,
  seconds: number,
  load: UpgradeLoad,
  interrupted: AbortSignal,
  record: (requests: UpgradeRequests) => Promise<void>,
): Promise<void> {
  let ends = Number.POSITIVE_INFINITY;
  const done = work()
    .then(
      () => undefined,
      (error: Error) => error,
    )
    .finally(() => {
      ends = performance.now() + seconds * 1000;
    });
  let unrecorded: Error | undefined;
  while (!unrecorded && !interrupted.aborted && performance.now() < ends)
    unrecorded = await load
      .window(interrupted)
      .then(record)
      .then(
        () => undefined,
        (error: Error) => (interrupted.aborted ? undefined : error),
      );
  const failed = (await done) ?? unrecorded;
  if (failed) throw failed;
}
