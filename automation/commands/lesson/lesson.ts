import { mkdir, writeFile } from "node:fs/promises";
import type { Settings } from "../../../model/settings/contract";
import { type Lesson, lessonText, type Mistake } from "../../../model/verification/mistakes";
import { exitCodes, OperationFailed } from "../../stack/operation";
import { lockRoutes, rolloutsFolder } from "../../stack/routeLock";
import type { Seen, Subject } from "../verify/check";
import { withSubject } from "../verify/subject";
import type { Undo } from "./edit";
import { meshLectures } from "./mesh";
import { healed, routingLectures } from "./routing";

/** A mistake with the hand that makes it. */
export interface Lecture extends Mistake {
  /** Whether it shows anything under these settings; always where there is no such rule. */
  readonly when?: (settings: Settings) => boolean;
  /** Makes the mistake and looks; tells how to put back each change as soon as it is made. */
  readonly make: (subject: Subject, onUndo: (undo: Undo) => void) => Promise<Seen>;
}

/** Gives one lecture; however it goes, everything is put back in reverse order before this ends. */
export async function give(lecture: Lecture, subject: Subject): Promise<Lesson> {
  const { mistake, wrong, right, why, when, make } = lecture;
  const text = { mistake, wrong, right, why };
  if (when && !when(subject.settings))
    return { ...text, outcome: "not known", evidence: "not with this configuration" };
  const undos: Undo[] = [];
  try {
    const { holds, evidence } = await make(subject, (undo) => undos.unshift(undo));
    return { ...text, outcome: holds ? "shown" : "not shown", evidence };
  } catch (error) {
    return { ...text, outcome: "not known", evidence: (error as Error).message };
  } finally {
    for (const undo of undos) await undo();
    await healed(subject);
  }
}

/**
 * Makes the mistakes that everyone makes once, one by one, and shows what each does and why.
 *
 * Ctrl-C ends it after the mistake under way is put back.
 *
 * @throws OperationFailed with 1 where a mistake did not show what it should, with 3 where one could not be made
 */
export async function lesson(stackName: string, say: (line: string) => void): Promise<void> {
  const lock = await lockRoutes(rolloutsFolder, stackName, "lesson");
  const stop = new AbortController();
  const onSignal = () => stop.abort();
  process.on("SIGINT", onSignal).on("SIGTERM", onSignal);
  const lessons: Lesson[] = [];
  try {
    await withSubject(stackName, async (subject) => {
      await healed(subject);
      for (const lecture of [...routingLectures, ...meshLectures]) {
        if (stop.signal.aborted) throw new OperationFailed("ended early; everything is put back", exitCodes.cancelled);
        say(`making it: ${lecture.mistake}`);
        lessons.push(await give(lecture, subject));
      }
    });
  } finally {
    process.off("SIGINT", onSignal).off("SIGTERM", onSignal);
    await lock.release();
  }
  await mkdir("report", { recursive: true });
  await writeFile("report/lesson.json", `${JSON.stringify(lessons, null, 2)}\n`);
  say(`\n${lessonText(lessons)}`);
  const any = (outcome: Lesson["outcome"]) => lessons.some((one) => one.outcome === outcome);
  if (any("not shown")) throw new OperationFailed("not every mistake showed what it should", exitCodes.failed);
  if (any("not known")) throw new OperationFailed("not every mistake could be made", exitCodes.inconclusive);
}
