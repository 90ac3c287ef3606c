import { configError } from "../../host/failure";
import { remedy, run } from "../../model/output/remedy";

/**
 * Refuses a start over work that is not finished, and `resume` or `abort` without such work.
 *
 * @param isOpen - true if the last work of this kind can be resumed
 * @throws OperationFailed with the command to type
 */
export function refuseOutOfTurn(work: "rollout" | "upgrade", stack: string, action: string, isOpen: boolean): void {
  const article = work === "rollout" ? "a" : "an";
  if (action === "start" && isOpen)
    throw configError(
      remedy`stack ${stack} has ${article} ${work} that is not finished; fix: ${run(work, "resume")}, or: ${run(work, "abort")}`,
    );
  if (action !== "start" && !isOpen)
    throw configError(remedy`stack ${stack} has no ${work} to ${action}; see: ${run(work, "status")}`);
}
