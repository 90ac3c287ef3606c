import path from "node:path";
import { exitCodes, OperationFailed } from "../../host/failure";
import { Lock, LockHeld, type LockHolder } from "../../host/lock";
import { remedy, run } from "../../model/output/remedy";
import { rejectHeldLock } from "./heldLock";

/** Folder of the locks and of the journals of rollouts and upgrades. */
export const rolloutsFolder = path.join(process.cwd(), ".state", "rollouts");

/** Work that changes or measures the routes of a stack, by its lock file in the folder of rollouts and its name in messages. */
const works = {
  rollout: { file: (stack: string) => `${stack}.lock`, name: "a rollout" },
  upgrade: { file: (stack: string) => `${stack}.upgrade.lock`, name: "an upgrade" },
  // it may change the mesh's policies, which both versions of the app then follow
  test: { file: (stack: string) => path.join("..", "trials", stack, "lock"), name: "a mesh test" },
} as const;
type Work = keyof typeof works;

const fileOf = (folder: string, stack: string, work: Work): string => path.join(folder, works[work].file(stack));

/** Process that does such work now, or that may do so. Undefined when there is none. */
export const routeHolder = (folder: string, stack: string, work: Work): Promise<LockHolder | undefined> =>
  Lock.holder(fileOf(folder, stack, work));

/** Errors of a disk that is full or read-only. */
const unwritable = new Set(["ENOSPC", "EDQUOT", "EROFS"]);

const isUnwritable = (error: unknown): error is Error => unwritable.has((error as NodeJS.ErrnoException).code ?? "");

async function refuseHeld(folder: string, stack: string, work: Work): Promise<void> {
  const file = fileOf(folder, stack, work);
  const holder = await Lock.holder(file);
  if (holder) rejectHeldLock(`${works[work].name} of stack ${stack}`)(new LockHeld(file, holder, holder.state));
}

/**
 * Refuses work on the routes of a stack while other work changes or measures them.
 *
 * @param ownWork - work of the caller, which has its own lock already
 * @throws OperationFailed naming the process
 */
export async function refuseOtherWork(folder: string, stack: string, ownWork: Work): Promise<void> {
  for (const work of Object.keys(works) as Work[]) if (work !== ownWork) await refuseHeld(folder, stack, work);
}

/**
 * Refuses to change the environment while another process changes it in steps, or measures it.
 *
 * @throws OperationFailed naming the process
 */
export async function refuseDuringSteps(stack: string, folder = rolloutsFolder): Promise<void> {
  for (const work of Object.keys(works) as Work[]) {
    const holder = await routeHolder(folder, stack, work);
    // an upgrade brings the environment up by itself
    if (holder?.pid !== process.pid) await refuseHeld(folder, stack, work);
  }
}

/**
 * Locks the routes of a stack, so that two kinds of work never change or measure them at the same time.
 *
 * A process acquires its own lock first and then looks at the others. Two that start at once may both be refused.
 *
 * @throws OperationFailed when another process changes the routes, or when the lock cannot be written
 */
export async function lockRoutes(folder: string, stack: string, work: Work): Promise<Pick<Lock, "release">> {
  const lock = await Lock.acquire(fileOf(folder, stack, work)).catch((error) => {
    if (isUnwritable(error))
      throw new OperationFailed(
        remedy`the lock of stack ${stack} cannot be written: ${error.message}; fix: free some space, or end an unfinished rollout, which needs none: ${run("rollout", "abort")}`,
        exitCodes.environment,
      );
    return rejectHeldLock(`${works[work].name} of stack ${stack}`)(error);
  });
  try {
    await refuseOtherWork(folder, stack, work);
    return lock;
  } catch (error) {
    await lock.release();
    throw error;
  }
}

/**
 * Locks the routes for a rollback, which continues without a lock when the disk is full.
 *
 * @throws OperationFailed when another process changes the routes
 */
export async function lockForRollback(
  folder: string,
  stack: string,
  say: (line: string) => void,
): Promise<Pick<Lock, "release">> {
  try {
    return await Lock.acquire(fileOf(folder, stack, "rollout"));
  } catch (error) {
    if (!isUnwritable(error)) return rejectHeldLock(`${works.rollout.name} of stack ${stack}`)(error);
    await refuseHeld(folder, stack, "rollout");
    say(`warning: rolling back without a lock: ${error.message}`);
    return { release: async () => {} };
  }
}
