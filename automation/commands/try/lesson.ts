import { mkdir, readdir, writeFile } from "node:fs/promises";
import path from "node:path";
import { type Lesson, lessonOf, lessonText } from "../../../model/trial/lesson";
import { exitCodes, OperationFailed } from "../../stack/operation";
import { removingAfterwards } from "./during";
import { prepare } from "./prepare";
import { runOnce, type Say } from "./run";
import { readSources } from "./sources";
import { alone } from "./state";

const folder = path.join("examples", "mistakes");
const halves = ["broken", "fixed"] as const;

/** Makes the mistakes of examples/mistakes, all at once, then mends them, and shows what each does and why. */
async function lessons(stackName: string, say: Say): Promise<Lesson[]> {
  const names = (await readdir(folder)).sort();
  const folders = (half: string) => names.map((name) => path.join(folder, name, half));
  const sources = {
    broken: await readSources(folders("broken")),
    fixed: await readSources(folders("fixed")),
  };
  for (const half of halves) await prepare(stackName, sources[half], folders(half));
  const reports = await removingAfterwards(stackName, { keep: false, applies: true }, say, async (run) => {
    const { environment, during } = run;
    say(`making ${names.length} mistakes`);
    const broken = await runOnce(environment, stackName, sources.broken, folders("broken"), say, { during });
    say("mending them");
    const fixed = await runOnce(environment, stackName, sources.fixed, folders("fixed"), say, { during });
    return { broken, fixed };
  });
  return names.map((name) => {
    const own = <T>(all: readonly T[], file: (one: T) => string): T[] =>
      all.filter((one) => file(one).startsWith(`${path.join(folder, name)}${path.sep}`));
    return lessonOf({
      name,
      sources: {
        broken: own(sources.broken, ({ file }) => file),
        fixed: own(sources.fixed, ({ file }) => file),
      },
      results: {
        broken: own(reports.broken.results, (one) => one.case.file),
        fixed: own(reports.fixed.results, (one) => one.case.file),
      },
    });
  });
}

/**
 * Shows the mistakes that everyone makes once. The environment's own routes stay as they are.
 *
 * @throws OperationFailed with 1 if a mistake did not show what it should, with 3 if one could not be measured
 */
export async function lesson(stackName: string, say: Say): Promise<void> {
  const all = await alone(stackName, say, () => lessons(stackName, say));
  await mkdir("report", { recursive: true });
  await writeFile("report/lesson.json", `${JSON.stringify(all, null, 2)}\n`);
  say(`\n${lessonText(all)}`);
  const any = (outcome: Lesson["outcome"]) => all.some((one) => one.outcome === outcome);
  if (any("not shown")) throw new OperationFailed("not every mistake showed what it should", exitCodes.failed);
  if (any("not known")) throw new OperationFailed("not every mistake could be measured", exitCodes.inconclusive);
}
