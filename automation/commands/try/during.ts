import { run } from "../../../model/output/remedy";
import { exitCodes, OperationFailed } from "../../stack/operation";
import { commandsFor } from "../../stack/project";
import { type RunningEnvironment, runningEnvironment } from "../../stack/runningEnvironment";
import { openStack } from "../../stack/stack";
import { cancelledRun, handleInterruption, type Interruption } from "./interruption";
import { removeTrial } from "./remove";
import type { Say } from "./run";

/** A run in a running environment, which Ctrl-C interrupts. */
export interface During {
  readonly environment: RunningEnvironment;
  readonly during: Interruption["during"];
}

/** Seconds for an answer of the API server: the pods of a run that start may keep a small machine busy. */
const answerSeconds = 60;

const isCancelled = (error: unknown): boolean =>
  error instanceof OperationFailed && error.exitCode === exitCodes.cancelled;

/**
 * Removes a run. The first Ctrl-C does not stop the removal. The second one does.
 *
 * @param remove - may run twice
 */
export async function removeInTheEnd(remove: () => Promise<void>, say: Say): Promise<void> {
  try {
    await remove();
  } catch (error) {
    if (!isCancelled(error)) throw error;
    say("what was applied is still removed; Ctrl-C once more leaves the rest to the next run");
    await remove();
  }
}

/**
 * Runs tests in a running environment. However they end, everything that they applied is removed, unless it is kept.
 *
 * @param applies - false if an error in the files means that nothing was applied
 */
export async function removingAfterwards<T>(
  stackName: string,
  { keep, applies }: { keep: boolean; applies: boolean },
  say: Say,
  work: (run: During) => Promise<T>,
): Promise<T> {
  const running = await runningEnvironment(await openStack(stackName), exitCodes.environment);
  const environment = { ...running, api: running.api.within(answerSeconds) };
  const { during, isEnded, close } = handleInterruption(say);
  const remove = () => removeTrial(environment, stackName, say);
  try {
    const result = await work({ environment, during });
    if (!keep) await removeInTheEnd(remove, say);
    if (!isEnded()) return result;
    throw cancelledRun();
  } catch (error) {
    // files that were refused were not applied, unless earlier ones were
    if (!applies && error instanceof OperationFailed && error.exitCode === exitCodes.config) throw error;
    const isRemoved = await removeInTheEnd(remove, say).then(
      () => true,
      (removalError: Error) => {
        say(
          `not everything was removed: ${removalError.message}; fix: ${commandsFor(stackName)(run("try", "--remove"))}`,
        );
        return false;
      },
    );
    // the message of a cancelled update is about the next up, which does not concern a removed run
    throw isCancelled(error) && isRemoved ? cancelledRun() : error;
  } finally {
    close();
  }
}
