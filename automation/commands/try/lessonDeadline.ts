import { exitCodes, OperationFailed } from "../../stack/operation";
import type { During } from "./during";

/** Minutes that all folders of the lesson may take together. One takes ten seconds, or a minute on a busy machine. */
const minutes = 40;

/** The time limit of a whole lesson. */
export interface LessonDeadline {
  /** Resolves as the work does, or rejects when the user ends the run or the time is over. */
  readonly during: During["during"];
  /** The reason why nothing more is run. Undefined while there is time. */
  readonly ended: () => string | undefined;
  readonly close: () => void;
}

/** Limits the time of a lesson. Work under way ends as if the user had ended the run. */
export function lessonDeadline(during: During["during"], limit = minutes): LessonDeadline {
  const over = AbortSignal.timeout(limit * 60_000);
  const reason = `not run: the lesson ends after ${limit} minutes`;
  const error = new OperationFailed(`not finished: the lesson ends after ${limit} minutes`, exitCodes.inconclusive);
  const stop = new AbortController();
  const late = new Promise<never>((_, reject) => {
    over.addEventListener("abort", () => reject(error), { signal: stop.signal });
  });
  late.catch(() => {});
  return {
    during: (work) => during(Promise.race([work, late])),
    ended: () => (over.aborted ? reason : undefined),
    close: () => stop.abort(),
  };
}
