import { parseEntry } from "../../../model/canary/entry";
import type { RolloutEvent } from "../../../model/canary/plan";
import type { JournalFile } from "../../stack/journalFile";
import { Journals } from "../../stack/journals";
import { lockForRollback, rolloutsFolder } from "../../stack/routeLock";

export { JournalFailed } from "../../stack/journalFile";

/** Journal of a rollout. It also locks the stack's routes. */
export type RolloutJournal = JournalFile<RolloutEvent>;

export const rolloutJournals = new Journals<RolloutEvent>("rollout", ".jsonl", parseEntry);

/**
 * Opens the journal to abort the rollout, also when nothing can be written.
 *
 * @throws OperationFailed when another process changes the routes of the stack
 */
export async function openToAbort(
  stack: string,
  say: (line: string) => void,
  folder = rolloutsFolder,
): Promise<RolloutJournal> {
  return rolloutJournals.openWith(await lockForRollback(folder, stack, say), stack, folder);
}
