import { existsSync, readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import type { Exercise } from "../../../model/verification/lesson/exercises";

const lessons = "examples/lesson";

/** Name of the file with the output of a folder's run, which the end-to-end tests compare. */
export const outputFile = "output.txt";

const text = (folder: string, name: string): string => {
  const file = path.join(folder, name);
  return existsSync(file) ? readFileSync(file, "utf8") : "";
};

/** Folders of examples/lesson, in the order of the lesson; none outside of a checkout. */
export function readExercises(): Exercise[] {
  if (!existsSync(lessons)) return [];
  const folders = readdirSync(lessons)
    .sort()
    .flatMap((chapter) =>
      readdirSync(path.join(lessons, chapter))
        .sort()
        .map((name) => path.posix.join(lessons, chapter, name)),
    );
  return folders.map((folder) => ({
    folder,
    manifests: text(folder, "mesh.yaml"),
    cases: text(folder, "mesh.test.yaml"),
    output: text(folder, outputFile),
  }));
}
