import { parseEntry } from "../../../model/upgrade/entry";
import type { UpgradeEvent } from "../../../model/upgrade/journal";
import type { JournalFile } from "../../stack/journalFile";
import { Journals } from "../../stack/journals";

/** Journal of an upgrade. It also locks the stack's routes: a rollout would measure the restarts of the upgrade. */
export type UpgradeJournal = JournalFile<UpgradeEvent>;

export const upgradeJournals = new Journals<UpgradeEvent>("upgrade", ".upgrade.jsonl", parseEntry);
