import { markdownTable } from "../../model/output/table";
import { type MeasuredOn, noteLine } from "../support/measuredOn";
import { growthRows, quantities } from "./growth";
import { type Step, type Work, works } from "./plan";
import { leftInTheEnd, type Row, series } from "./row";

function workRows(steps: readonly Step[], rows: readonly Row[]): string[][] {
  const of = (work: Work) => rows.filter((row) => row.work === work);
  const all = [...new Set(steps.map(({ work }) => work))];
  return all.map((work) => {
    const made = of(work);
    const failed = made.filter(({ done }) => !done).length;
    const minutes = made.reduce((sum, { seconds }) => sum + seconds, 0) / 60;
    const planned = steps.filter((step) => step.work === work).length;
    return [works[work], String(planned), String(made.length - failed), String(failed), `${Math.round(minutes)} min`];
  });
}

function conclusion(steps: readonly Step[], rows: readonly Row[]): string {
  const failed = rows.filter(({ done }) => !done).length;
  const missing = steps.length - rows.length;
  const leaks = series(rows).flatMap(({ grown }) => grown.filter(({ isLeak }) => isLeak));
  const titles = [...new Set(leaks.map(({ quantity }) => quantities[quantity].title))];
  const left = leftInTheEnd(rows);
  return [
    missing > 0 ? `${rows.length} of ${steps.length} steps ran` : "All steps ran",
    failed === 0 ? "none failed" : `${failed} failed`,
    titles.length === 0 ? "nothing grew" : `these grew: ${titles.join(", ")}`,
    ...(left === undefined
      ? []
      : [left === 0 ? "the last destroy left nothing" : `the last destroy left ${left} objects`]),
  ].join(", ");
}

/**
 * The page of an endurance run in Markdown.
 *
 * @param steps - all steps of the run, also those that have no row yet
 */
export function page(steps: readonly Step[], rows: readonly Row[], { machine, note }: MeasuredOn): string {
  const runs = new Set(rows.map(({ run }) => run)).size;
  return `# How long it lasts

\`npm run endurance\` changes one environment again and again: its configuration, rollouts and upgrades of Istio. Then it destroys
it and brings it up again, as often as asked. After each step it counts what must not grow.

**${conclusion(steps, rows)}.** Measured ${runs > 1 ? `in ${runs} runs, ` : ""}on ${machine}.${runs > 1 ? "\nA run that resumes another one first brings the environment up again, if it is gone." : ""}${noteLine(note)}

${markdownTable([["work", "planned", "done", "failed", "took"], ...workRows(steps, rows)]).join("\n")}

${series(rows)
  .map(({ title, grown }) => [`## ${title}`, "", ...markdownTable(growthRows(grown))].join("\n"))
  .join("\n\n")}

The beginning and the end are medians of the first and the last fifth of the measurements. Pulumi itself writes one entry of history
for each update into \`.state/.pulumi\`, with a copy of the state. These files are not counted.

    npm run endurance -- --stack endurance                # 200 changes, 50 rollouts, 20 upgrades, 20 destroys
    npm run endurance -- --stack endurance --changes 20 --rollouts 2 --upgrades 0 --destroys 1
    npm run endurance -- --stack endurance --resume       # goes on after an interruption, and repeats what failed
    npm run endurance -- --stack endurance --document     # writes this page from report/endurance.jsonl
`;
}
