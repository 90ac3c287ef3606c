/** Parts that `rollout` and `upgrade` share. Both change an environment in measured steps. */
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

/** Exit codes of a command by the end of its work. */
export interface WorkEnds<End extends string> {
  /** Exit code of the command for each end. */
  readonly exits: Readonly<Record<End, number>>;
  /** Ends that count as success for `abort`. */
  readonly aborted: readonly End[];
}

/**
 * Ends the command with the exit code of its work.
 *
 * @throws OperationFailed with the exit code, unless the work is done or `abort` succeeded
 */
export function requireDone<End extends string>(command: Name, ends: WorkEnds<End>, word: string, end: End): void {
  const exit = ends.exits[end];
  if (exit === exitCodes.done || (word === "abort" && ends.aborted.includes(end))) return;
  if (exit !== exitCodes.notRolledBack) throw new OperationFailed(`the ${command} was ${end}`, exit);
  const problem = `the ${command} was ${end.replace(/^not /, "NOT ")}`;
  throw new OperationFailed(remedy`${problem}; fix: ${run(command, "abort")}, which tries it again`, exit);
}
