import assert from "node:assert/strict";
import { runChapters } from "../../../automation/commands/try/chapters";
import { lessonDeadline } from "../../../automation/commands/try/lessonDeadline";
import { exitCodes, OperationFailed } from "../../../automation/stack/operation";
import type { CaseResult } from "../../../model/trial/report/result";
import type { Exercise } from "../../../model/verification/lesson/exercises";

const exercises = ["1-one", "2-two", "3-three"].map(
  (name): Exercise => ({
    folder: `examples/lesson/04-ingress/${name}`,
    manifests: "",
    cases: "",
    output: "pass    answers\n",
  }),
);
const passed = [{ outcome: "pass", seen: "200", case: { it: "answers" } } as CaseResult];
const settings = { routing: "istio" };
const say = (): void => {};

describe("the chapters of the lesson", () => {
  it("go on after a folder that could not be measured", async () => {
    const attempt = async (folder: string) => {
      if (folder.endsWith("1-one")) throw new OperationFailed("no pod is ready", exitCodes.inconclusive);
      return passed;
    };
    const chapters = await runChapters(exercises, { settings, attempt, ended: () => undefined }, say);
    assert.deepEqual(
      chapters.map(({ outcome, why }) => why ?? outcome),
      ["no pod is ready", "shown", "shown"],
    );
  });

  it("stop at an error of another kind", async () => {
    const attempt = () => Promise.reject(new OperationFailed("cancelled", exitCodes.cancelled));
    await assert.rejects(runChapters(exercises, { settings, attempt, ended: () => undefined }, say), /cancelled/);
  });

  it("end at the deadline, also in the middle of a folder", async () => {
    const deadline = lessonDeadline((work) => work, 0.0005);
    const attempt = (folder: string) =>
      folder.endsWith("1-one") ? Promise.resolve(passed) : deadline.during(new Promise<CaseResult[]>(() => {}));
    const keepsAlive = setInterval(() => {}, 1000);
    const chapters = await runChapters(exercises, { settings, attempt, ended: deadline.ended }, say);
    clearInterval(keepsAlive);
    deadline.close();
    assert.deepEqual(
      chapters.map(({ outcome }) => outcome),
      ["shown", "not known", "not known"],
    );
    assert.match(chapters[1]?.why ?? "", /^not finished: the lesson ends after/);
    assert.match(chapters[2]?.why ?? "", /^not run: the lesson ends after/);
  });
});
