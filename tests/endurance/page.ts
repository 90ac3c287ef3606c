import { markdownTable } from "../../model/output/table";
import { type Growth, growthRows, quantities } from "./growth";

/** One kind of work with its results. */
export interface Work {
  readonly title: string;
  readonly planned: number;
  readonly done: number;
  readonly failed: number;
  readonly seconds: number;
}

/** Growth through one series of measurements. */
export interface Series {
  readonly title: string;
  readonly grown: readonly Growth[];
}

const workRows = (works: readonly Work[]): string[][] => [
  ["work", "planned", "done", "failed", "took"],
  ...works.map(({ title, planned, done, failed, seconds }) => [
    title,
    ...[planned, done, failed].map(String),
    `${Math.round(seconds / 60)} min`,
  ]),
];

/** The page of an endurance run in Markdown. */
export function page(works: readonly Work[], series: readonly Series[], machine: string): string {
  const failed = works.reduce((sum, work) => sum + work.failed, 0);
  const all = series.flatMap(({ grown }) => grown);
  const leaks = all.filter(({ isLeak }) => isLeak).map(({ quantity }) => quantities[quantity].title);
  const measured = series.filter(({ grown }) => grown.length > 0);
  return `# How long it lasts

\`npm run endurance\` changes one environment again and again: its configuration, rollouts and upgrades of Istio. Then it destroys
it and brings it up again, as often as asked. After each change it counts what must not grow.

**${failed === 0 ? "Everything succeeded" : `${failed} failed`}, and ${leaks.length === 0 ? "nothing grew" : `these grew: ${leaks.join(", ")}`}.** Measured on ${machine}.

${markdownTable(workRows(works)).join("\n")}

${measured.map(({ title, grown }) => [`## ${title}`, "", ...markdownTable(growthRows(grown))].join("\n")).join("\n\n")}

The beginning and the end are medians of the first and the last fifth of the measurements. Pulumi itself writes one entry of history
for each update into \`.state/.pulumi\`, with a copy of the state. These files are not counted.

    npm run endurance -- --stack endurance                                  # 200 changes, 50 rollouts, 20 upgrades, 20 destroys
    npm run endurance -- --stack endurance --changes 20 --rollouts 2 --upgrades 0 --destroys 1
    npm run endurance -- --stack endurance --document                       # also writes this page
`;
}
