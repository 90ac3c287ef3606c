import assert from "node:assert/strict";
import { writeFile } from "node:fs/promises";
import path from "node:path";
import { outputFile } from "../../automation/commands/verify/exercises";
import type { Report } from "../../model/trial/report/result";
import type { Exercise } from "../../model/verification/lesson/exercises";
import { outputOf } from "./exampleOutputs";

/** Compares the run of a folder of the lesson with its recorded output, or records it with UPDATE_GOLDEN=1. */
export async function assertExercise({ folder, output }: Exercise, report: Report): Promise<void> {
  assert.ok(report.results.every(({ outcome }) => outcome !== "unknown"));
  const received = `${outputOf(report)}\n`;
  if (process.env["UPDATE_GOLDEN"] === "1") await writeFile(path.join(folder, outputFile), received);
  else assert.equal(received, output, `${folder}/${outputFile} shows another output`);
}
