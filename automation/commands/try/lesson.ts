import { mkdir, readdir, writeFile } from "node:fs/promises";
import path from "node:path";
import { configSet, run } from "../../../model/output/remedy";
import type { Settings } from "../../../model/settings/contract";
import { type Lesson, lessonOf, lessonText } from "../../../model/trial/report/lesson";
import { type ChapterResult, chapterTable } from "../../../model/verification/lesson/chapters";
import { exitCodes, OperationFailed } from "../../stack/operation";
import { commandsFor } from "../../stack/project";
import { readExercises } from "../verify/exercises";
import { runChapters } from "./chapters";
import { removingAfterwards } from "./during";
import { lessonDeadline } from "./lessonDeadline";
import { prepareRun } from "./prepare";
import { runOnce, type Say } from "./run";
import { readSources } from "./sources";
import { withTrialLock } from "./state";

const folder = path.join("examples", "mistakes");
const halves = ["broken", "fixed"] as const;

/** Everything that the lesson showed. */
interface Lessons {
  readonly chapters: readonly ChapterResult[];
  readonly mistakes: readonly Lesson[];
}

/** @throws OperationFailed, exit code 2, in an environment whose mesh does not accept what half of the folders show: plain text */
export function refuseStrict(stack: string, { mtlsMode }: Pick<Settings, "mtlsMode">): void {
  if (mtlsMode === "PERMISSIVE") return;
  const write = commandsFor(stack);
  const fix = `${write(configSet("mtlsMode", "PERMISSIVE"))} && ${write(run("up"))}`;
  throw new OperationFailed(
    `mtlsMode = "${mtlsMode}" must be PERMISSIVE for the lesson, whose folders show both plain text and mutual TLS; fix: ${fix}`,
    exitCodes.config,
  );
}

/**
 * Runs the folders of the lesson. Then makes the mistakes of examples/mistakes, all at once, mends them, and shows what each does
 * and why.
 */
async function lessons(stackName: string, say: Say): Promise<Lessons> {
  const names = (await readdir(folder)).sort();
  const folders = (half: string) => names.map((name) => path.join(folder, name, half));
  const exercises = readExercises();
  const sources = {
    broken: await readSources(folders("broken")),
    fixed: await readSources(folders("fixed")),
  };
  for (const half of halves) await prepareRun(stackName, sources[half], folders(half));
  const { chapters, broken, fixed } = await removingAfterwards(
    stackName,
    { keep: false, applies: true },
    say,
    async ({ environment, during }) => {
      refuseStrict(stackName, environment.settings);
      const deadline = lessonDeadline(during);
      try {
        const runFolders = (paths: readonly string[], read: Awaited<ReturnType<typeof readSources>>) =>
          runOnce(environment, stackName, read, paths, say, { during: deadline.during });
        const attempt = async (source: string) => (await runFolders([source], await readSources([source]))).results;
        const { ended } = deadline;
        const chapters = await runChapters(exercises, { settings: environment.settings, attempt, ended }, say);
        const half = async (name: (typeof halves)[number], text: string) => {
          if (ended() !== undefined) return [];
          say(text);
          // what the chapters showed is still printed when the time is over
          return runFolders(folders(name), sources[name]).then(
            ({ results }) => results,
            (error: unknown) => (ended() === undefined ? Promise.reject(error) : []),
          );
        };
        const broken = await half("broken", `making ${names.length} mistakes`);
        const fixed = await half("fixed", "mending them");
        return { chapters, broken, fixed };
      } finally {
        deadline.close();
      }
    },
  );
  const mistakes = names.map((name) => {
    const ofMistake = <T>(items: readonly T[], file: (item: T) => string): T[] =>
      items.filter((item) => file(item).startsWith(`${path.join(folder, name)}${path.sep}`));
    return lessonOf({
      name,
      sources: {
        broken: ofMistake(sources.broken, ({ file }) => file),
        fixed: ofMistake(sources.fixed, ({ file }) => file),
      },
      results: {
        broken: ofMistake(broken, (result) => result.case.file),
        fixed: ofMistake(fixed, (result) => result.case.file),
      },
    });
  });
  return { chapters, mistakes };
}

/**
 * Shows the chapters of the lesson, and the mistakes that everyone makes once. The environment's own routes stay as they are.
 *
 * @throws OperationFailed with 1 if one did not show what it should, with 3 if one could not be measured
 */
export async function lesson(stackName: string, say: Say): Promise<void> {
  const all = await withTrialLock(stackName, say, () => lessons(stackName, say));
  await mkdir("report", { recursive: true });
  await writeFile("report/lesson.json", `${JSON.stringify(all, null, 2)}\n`);
  say(`\n${chapterTable(all.chapters)}\n\n${lessonText(all.mistakes)}`);
  const outcomes = [...all.chapters, ...all.mistakes].map(({ outcome }) => outcome);
  if (outcomes.includes("not shown"))
    throw new OperationFailed("not everything showed what the lesson says", exitCodes.failed);
  if (outcomes.includes("not known"))
    throw new OperationFailed("not everything could be measured", exitCodes.inconclusive);
}
