import { run } from "../../../model/output/remedy";
import { exitCodes, OperationFailed } from "../../stack/operation";
import { commandsFor } from "../../stack/project";
import { type Running, running } from "../../stack/running";
import { openStack } from "../../stack/stack";
import { cancelled, type Interruption, interruption } from "./interruption";
import { removeTrial } from "./remove";
import type { Say } from "./run";

export interface During {
  readonly environment: Running;
  readonly during: Interruption["during"];
}

/** Seconds for an answer of the API server: the pods of a run that start may keep a small machine busy. */
const patience = 60;

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
  const found = await running(await openStack(stackName), exitCodes.environment);
  const environment = { ...found, api: found.api.within(patience) };
  const { during, close } = interruption(say);
  let result: T;
  try {
    result = await work({ environment, during });
  } catch (error) {
    const exitCode = error instanceof OperationFailed ? error.exitCode : undefined;
    // files that were refused were not applied, unless earlier ones were
    if (!applies && exitCode === exitCodes.config) throw error;
    const isRemoved = await removeTrial(environment, stackName, say).then(
      () => true,
      (more: Error) => {
        say(`not everything was removed: ${more.message}; fix: ${commandsFor(stackName)(run("try", "--remove"))}`);
        return false;
      },
    );
    // an update that is cancelled speaks of the next up, which has nothing to do with a run that is gone
    if (exitCode === exitCodes.cancelled && isRemoved) throw cancelled();
    throw error;
  } finally {
    close();
  }
  if (!keep) await removeTrial(environment, stackName, say);
  return result;
}
