import { writeFile } from "node:fs/promises";
import path from "node:path";
import { Lock, LockHeld } from "../../../host/lock";
import { poll } from "../../../host/wait";
import type { TrialProgram } from "../../../model/trial/program";
import { stateFolder } from "../../stack/backend";
import { rejectHeldLock } from "../../stack/heldLock";
import { refuseOtherWork, rolloutsFolder } from "../../stack/routeLock";

/** Folder of a stack's runs: the plan that trial/index.ts reads, and what has to be put back. */
export const trialFolder = (stack: string): string => path.join(stateFolder, "trials", stack);

/** Longest that a run waits for the one before it. */
const timeout = 30 * 60;

/** Acquires the lock of a stack's runs. Returns the error that names its holder if another process has it. */
const taken = (file: string): Promise<Lock | LockHeld> =>
  Lock.acquire(file).catch((error: unknown) => {
    if (error instanceof LockHeld) return error;
    throw error;
  });

/**
 * Runs while no other run of the same stack does; a second one waits for the first.
 *
 * @throws OperationFailed while a rollout or an upgrade of the stack measures what the run may change
 */
export async function withTrialLock<T>(stack: string, say: (line: string) => void, work: () => Promise<T>): Promise<T> {
  const file = path.join(trialFolder(stack), "lock");
  let isReported = false;
  const lock = await poll(
    timeout,
    async () => {
      const attempt = await taken(file);
      if (attempt instanceof LockHeld && !isReported)
        say(`another run on stack ${stack} is under way (process ${attempt.holder.pid}): waiting for its end`);
      isReported = true;
      return attempt;
    },
    (attempt) => attempt instanceof Lock || attempt.state === "unknown",
  );
  if (lock instanceof LockHeld) return rejectHeldLock(`a run of npm run try on stack ${stack}`)(lock);
  try {
    await refuseOtherWork(rolloutsFolder, stack, "test");
    return await work();
  } finally {
    await lock.release();
  }
}

/** Writes the plan that trial/index.ts carries out. It contains the user's Secrets, so no other account may read it. */
export const writeProgram = (stack: string, program: TrialProgram): Promise<void> =>
  writeFile(path.join(trialFolder(stack), "plan.json"), JSON.stringify(program), { mode: 0o600 });
