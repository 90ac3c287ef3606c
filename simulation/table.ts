import { markdownRow } from "../model/output/table";
import type { Result, Setting } from "./simulate";

const percent = (share: number): string => `${(share * 100).toFixed(2)} %`;

const titleOf = ({ steps, perSecond }: Setting): string =>
  `Steps ${steps.join(", ")} at ${perSecond} requests a second`;

const head = [
  markdownRow([
    "version 1 and version 2",
    "promoted",
    "rolled back",
    "paused",
    "bad",
    "s",
    "Flagger",
    "bad",
    "Argo",
    "bad",
  ]),
  markdownRow(["---", "--:", "--:", "--:", "--:", "--:", "--:", "--:", "--:", "--:"]),
];

/** The results of one setting as a Markdown table: this project's rule, then how often the others promoted. */
export function tableOf(setting: Setting, results: readonly Result[]): string {
  const names = [...new Set(results.map(({ scenario }) => scenario.name))];
  const rows = names.map((name) => {
    const [ours, ...others] = results.filter(({ scenario }) => scenario.name === name);
    if (!ours) throw new Error(`no result of "${name}"`);
    const { promoted, rolledBack, paused, bad, seconds } = ours;
    return markdownRow([
      name,
      ...[promoted, rolledBack, paused].map(percent),
      bad.toFixed(1),
      seconds.toFixed(0),
      ...others.flatMap((result) => [percent(result.promoted), result.bad.toFixed(1)]),
    ]);
  });
  return [`### ${titleOf(setting)}`, "", ...head, ...rows].join("\n");
}
