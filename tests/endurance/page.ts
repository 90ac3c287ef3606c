import { type Growth, quantities } from "./growth";

/** One kind of work with its results. */
export interface Work {
  readonly title: string;
  readonly planned: number;
  readonly done: number;
  readonly failed: number;
  readonly seconds: number;
}

const number = (value: number): string => String(Math.round(value));

/** The page of an endurance run in Markdown. */
export function page(works: readonly Work[], grown: readonly Growth[], machine: string): string {
  const failed = works.reduce((sum, work) => sum + work.failed, 0);
  const leaks = grown.filter(({ isLeak }) => isLeak).map(({ quantity }) => quantities[quantity].title);
  return `# How long it lasts

\`npm run endurance\` changes one environment again and again: its configuration, rollouts, upgrades of Istio, and destroys. After
each change it counts what must not grow.

**${failed === 0 ? "Everything succeeded" : `${failed} failed`}, and ${leaks.length === 0 ? "nothing grew" : `these grew: ${leaks.join(", ")}`}.** Measured on ${machine}.

| work | planned | done | failed | took |
| --- | --- | --- | --- | --- |
${works.map(({ title, planned, done, failed, seconds }) => `| ${title} | ${planned} | ${done} | ${failed} | ${Math.round(seconds / 60)} min |`).join("\n")}

| quantity | at the beginning | at the end | most | may vary by | grew |
| --- | --- | --- | --- | --- | --- |
${grown.map(({ quantity, first, last, most, isLeak }) => `| ${quantities[quantity].title} | ${number(first)} | ${number(last)} | ${number(most)} | ${quantities[quantity].mayVaryBy} | ${isLeak ? "YES" : "no"} |`).join("\n")}

The beginning and the end are medians of the first and the last fifth of the measurements. Pulumi itself writes one entry of history
for each update into \`.state/.pulumi\`, with a copy of the state. These files are not counted.

    npm run endurance -- --stack endurance                                  # 200 changes, 50 rollouts, 20 upgrades, 20 destroys
    npm run endurance -- --stack endurance --changes 20 --rollouts 2 --upgrades 0 --destroys 1
    npm run endurance -- --stack endurance --document                       # also writes this page
`;
}
