/** Parts that the commands share which change an environment in measured steps: rollout and upgrade. */
import { exitCodes, OperationFailed } from "../../host/failure";
import { remedy, run } from "../../model/output/remedy";
import type { Tool } from "../stack/tools";
import { refuseUnknownStack } from "./unknownStack";

type Name = "rollout" | "upgrade";

export const stepCommand = {
  words: ["start", "resume", "abort", "status"],
  tools: (): readonly Tool[] => ["pulumi", "k3d"],
  before: refuseUnknownStack,
} as const;

/** Ends of the work, or of its process. */
export interface WorkEnds<End extends string> {
  /** Exit code of the command for each end. */
  readonly exits: Readonly<Record<End, number>>;
  /** Ends with which `abort` has done its work. */
  readonly aborted: readonly End[];
}

/**
 * Ends the command with the exit code of its work.
 *
 * @throws OperationFailed unless the work is done, or was aborted by `abort`
 */
export function requireDone<End extends string>(command: Name, ends: WorkEnds<End>, word: string, end: End): void {
  const exit = ends.exits[end];
  if (exit === exitCodes.done || (word === "abort" && ends.aborted.includes(end))) return;
  if (exit !== exitCodes.notRolledBack) throw new OperationFailed(`the ${command} was ${end}`, exit);
  const problem = `the ${command} was ${end.replace(/^not /, "NOT ")}`;
  throw new OperationFailed(remedy`${problem}; fix: ${run(command, "abort")}, which tries it again`, exit);
}
