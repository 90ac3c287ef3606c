import { mkdir, writeFile } from "node:fs/promises";
import { type Lesson, lessonText } from "../../../model/verification/mistakes";
import { exitCodes, OperationFailed } from "../../stack/operation";
import { lockRoutes, rolloutsFolder } from "../../stack/routeLock";
import type { Subject } from "../verify/check";
import { withSubject } from "../verify/subject";
import type { Undo } from "./edit";
import type { Exercise } from "./exercise";
import { meshExercises } from "./mesh";
import { healed, routingExercises } from "./routing";

/** Runs one exercise. However it ends, every change is reverted in reverse order. */
export async function runExercise(exercise: Exercise, subject: Subject): Promise<Lesson> {
  const { mistake, wrong, right, why, when, make } = exercise;
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
      for (const exercise of [...routingExercises, ...meshExercises]) {
        if (stop.signal.aborted) throw new OperationFailed("ended early; everything is put back", exitCodes.cancelled);
        say(`making it: ${exercise.mistake}`);
        lessons.push(await runExercise(exercise, subject));
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
