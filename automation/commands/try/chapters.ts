import type { CaseResult } from "../../../model/trial/report/result";
import {
  type ChapterResult,
  chapterLeftOut,
  chapterOf,
  chapterUnknown,
  missingKey,
} from "../../../model/verification/lesson/chapters";
import type { Exercise } from "../../../model/verification/lesson/exercises";
import { exitCodes, OperationFailed } from "../../stack/operation";

/** Parts of a run of the chapters. */
export interface ChapterRun {
  readonly settings: { readonly routing: string };
  /** Runs one folder. */
  readonly attempt: (folder: string) => Promise<readonly CaseResult[]>;
  /** The reason why no further folder is run. Undefined while there is time. */
  readonly ended: () => string | undefined;
}

/**
 * Runs the folders of the lesson one after the other, each as an update of the one before.
 *
 * A folder that cannot be measured does not keep the next one from running.
 */
export async function runChapters(
  exercises: readonly Exercise[],
  { settings, attempt, ended }: ChapterRun,
  say: (line: string) => void,
): Promise<ChapterResult[]> {
  const chapters: ChapterResult[] = [];
  for (const exercise of exercises) {
    const missing = missingKey(exercise, settings);
    const reason = ended();
    if (missing !== undefined) chapters.push(chapterLeftOut(exercise, missing));
    else if (reason !== undefined) chapters.push(chapterUnknown(exercise, reason));
    else {
      say(`running ${exercise.folder}`);
      chapters.push(await chapterOrReason(exercise, attempt));
    }
  }
  return chapters;
}

const chapterOrReason = (exercise: Exercise, attempt: ChapterRun["attempt"]): Promise<ChapterResult> =>
  attempt(exercise.folder).then(
    (results) => chapterOf(exercise, results),
    (error: unknown) => {
      if (error instanceof OperationFailed && error.exitCode === exitCodes.inconclusive)
        return chapterUnknown(exercise, error.message);
      throw error;
    },
  );
