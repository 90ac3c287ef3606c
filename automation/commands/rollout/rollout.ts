import { configError } from "../../../host/failure";
import { evidenceOf } from "../../../model/canary/journalEvidence";
import { isResumable, type RolloutEnd, type RolloutEntry, statusOf } from "../../../model/canary/plan";
import { rolloutSummary } from "../../../model/canary/report";
import { stepsFrom } from "../../../model/canary/steps";
import { type RolloutPace, usualPace } from "../../../model/canary/verdict";
import { type CommandWriter, forNpm, RemedyError } from "../../../model/output/remedy";
import { exitCodes, OperationFailed } from "../../stack/operation";
import { refuseOutOfTurn } from "../../stack/outOfTurn";
import { commandsFor } from "../../stack/project";
import { rolloutsFolder, routeHolder } from "../../stack/routeLock";
import { announceRollout } from "./announce";
import { RolloutController } from "./controller";
import { LiveEnvironment, type RolloutEnvironment } from "./environment";
import { openToAbort, type RolloutJournal, rolloutJournals } from "./journal";
import { checkOptions, type RolloutOptions } from "./options";
import { checkReport, writeReport } from "./output";
import { providerOf } from "./provider";
import { untilInterrupted } from "./signals";

const silence = (_line: string): void => {};
/** Result of a rollout, with its journal. */
export interface RolloutOutcome {
  readonly end: RolloutEnd;
  readonly entries: readonly RolloutEntry[];
}

/** State of the stack's last rollout, as text; also while another process drives it. */
export async function rolloutStatus(stack: string): Promise<string> {
  const holder = await routeHolder(rolloutsFolder, stack, "rollout");
  return rolloutSummary(await rolloutJournals.read(stack), holder?.pid, commandsFor(stack));
}

/**
 * Moves traffic to version 2 step by step and measures each step, resumes such a rollout, or aborts it.
 *
 * @param options - @default those of `npm run rollout`
 * @throws OperationFailed when it could not begin: a wrong option, another rollout, no environment
 */
export async function rollout(
  stack: string,
  options: Partial<RolloutOptions> = {},
  say = silence,
): Promise<RolloutOutcome> {
  const checked = checkOptions(options);
  const { action } = checked;
  const journal = action === "abort" ? await openToAbort(stack, say) : await rolloutJournals.open(stack);
  try {
    const before = statusOf(journal.entries);
    refuseOutOfTurn("rollout", stack, action, before !== undefined && isResumable(before));
    return await untilInterrupted(async (interrupted) => {
      const environment = await LiveEnvironment.open(stack, say);
      const commands = commandsFor(stack);
      const end = await driveRollout(checked, { journal, environment, say, interrupted, commands });
      await writeReport(journal.entries, say, commands);
      return { end, entries: journal.entries };
    });
  } finally {
    // the lock of a process that has ended is no lock, so this changes nothing about how the rollout ended
    await journal.close().catch((error: Error) => say(`warning: the lock could not be removed: ${error.message}`));
  }
}

/** Parts of a rollout that differ between the command and its tests. */
export interface RolloutParts {
  readonly journal: RolloutJournal;
  readonly environment: RolloutEnvironment;
  readonly say: (line: string) => void;
  readonly interrupted: AbortSignal;
  /** Writes commands for the stack. @default for npm and the default stack */
  readonly commands?: CommandWriter;
  readonly pace?: Pick<RolloutPace, "interval" | "progressInterval" | "baseline">;
}

/** Starts, resumes or aborts the rollout of an open journal. Returns its end. */
export async function driveRollout(
  options: RolloutOptions,
  { journal, environment, say, interrupted, commands = forNpm(), pace = usualPace }: RolloutParts,
): Promise<RolloutEnd> {
  const { action, interrupt: onInterrupt, patience: stepTimeout, warmUp } = options;
  const before = statusOf(journal.entries);
  const unfinished = before?.rollback;
  if (action !== "start" && (action === "abort" || unfinished)) {
    // nothing is measured, so nothing else has to work
    const parts = { journal, traffic: environment, say, interrupted, commands };
    return new RolloutController({ ...parts, provider: undefined }).back("rolled back", "aborted");
  }
  const versions = await environment.versions().catch(() => undefined);
  const known = versions !== undefined && { versions };
  if (action === "start" || !before) {
    const from = environment.settings.canaryWeight;
    const plan = { from, steps: refusedAs(() => stepsFrom(from, options.steps)) };
    await environment.refuseDifferences();
    await checkReport(say);
    if (interrupted.aborted) throw new OperationFailed("cancelled before anything was changed", exitCodes.cancelled);
    await journal.clear();
    await journal.add({ kind: "begun", plan, ...known });
  } else {
    await environment.refusePending();
    await checkReport(say);
    await journal.add({ kind: "resumed", ...known });
  }
  const provider = providerOf(options, environment, evidenceOf(journal.entries).slowAbove);
  const controller = new RolloutController({
    ...{ journal, traffic: environment, provider, say, commands, interrupted, onInterrupt },
    pace: { ...pace, stepTimeout, warmUp },
  });
  const { plan, step } = statusOf(journal.entries) ?? { plan: { from: 0, steps: [] }, step: 0 };
  announceRollout(plan, step, options, say);
  return controller.run(plan, step);
}

/** @throws OperationFailed with exit code 2 for what the user typed wrong */
function refusedAs<Result>(check: () => Result): Result {
  try {
    return check();
  } catch (error) {
    throw configError(error instanceof RemedyError ? error.text : (error as Error).message);
  }
}
