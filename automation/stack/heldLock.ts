import path from "node:path";
import { exitCodes, OperationFailed } from "../../host/failure";
import { LockHeld } from "../../host/lock";

/** Path of a file as a user types it in the current folder. */
const typedPath = (file: string): string => {
  const relative = path.relative(process.cwd(), file);
  return relative.startsWith("..") ? file : relative;
};

/**
 * Turns a lock of another process into an error that names the process and the command that ends it.
 *
 * @param what - the work that the lock is for, such as "a rollout of stack dev"
 */
export const rejectHeldLock =
  (what: string) =>
  (error: unknown): never => {
    if (!(error instanceof LockHeld)) throw error;
    const { file, holder, state } = error;
    const remedy =
      state === "running"
        ? `wait for it, or end it: kill ${holder.pid}`
        : `this machine cannot see that process; if it has ended: rm ${typedPath(file)}`;
    throw new OperationFailed(
      `${what} is under way (process ${holder.pid} on ${holder.host}); ${remedy}`,
      exitCodes.environment,
    );
  };
