import path from "node:path";
import { Lock, LockHeld, type LockHolder } from "../../host/lock";
import { heldBy } from "./heldBy";

/** Folder of the locks and of the rollouts' journals. */
export const rolloutsFolder = path.join(process.cwd(), ".state", "rollouts");

/** Work that changes the routes of a stack, and how messages name it. */
const works = {
  rollout: { file: (stack: string) => `${stack}.lock`, name: "a rollout" },
  lesson: { file: (stack: string) => `${stack}.lesson.lock`, name: "npm run verify -- --lesson" },
} as const;
type Work = keyof typeof works;

const fileOf = (folder: string, stack: string, work: Work): string => path.join(folder, works[work].file(stack));

/** Process that does such work now, or that may do so. Undefined when there is none. */
export const routeHolder = (folder: string, stack: string, work: Work): Promise<LockHolder | undefined> =>
  Lock.holder(fileOf(folder, stack, work));

/**
 * Locks the routes of a stack, so that a rollout and the lesson's mistakes never change them at the same time.
 *
 * Each takes its own lock first and then looks at the other one: two that start at once may both be refused.
 *
 * @throws OperationFailed when another process changes the routes
 */
export async function lockRoutes(folder: string, stack: string, work: Work): Promise<Lock> {
  const lock = await Lock.take(fileOf(folder, stack, work)).catch(heldBy(`${works[work].name} of stack ${stack}`));
  const other = work === "rollout" ? "lesson" : "rollout";
  try {
    const file = fileOf(folder, stack, other);
    const holder = await Lock.holder(file);
    if (holder) heldBy(`${works[other].name} of stack ${stack}`)(new LockHeld(file, holder, holder.state));
    return lock;
  } catch (error) {
    await lock.release();
    throw error;
  }
}
