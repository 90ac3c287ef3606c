import { percentText } from "../model/canary/wording";
import { markdownRow } from "../model/output/table";
import { sequential } from "./policies";
import type { Result, Setting } from "./simulate";

/** Highest shares of rollouts that may roll back a version 2 as good as version 1, or promote one worse by a point. */
const most = { rolledBack: 0.01, promoted: 0.001 };
/** The bad requests of a rollout are at most one in `part` of those of another rule. */
const part = 5;

export const missHead = [
  markdownRow(["steps", "requests a second", "version 1 and version 2", "goal that is not met", "instead"]),
  markdownRow(["---", "--:", "---", "---", "---"]),
];

function missed({ scenario, promoted, rolledBack, bad }: Result, others: readonly Result[]): string[] {
  const { canaryIs, harm } = scenario;
  if (canaryIs === "good" && rolledBack > most.rolledBack) return [`rolled back in ${percentText(rolledBack)}`];
  if (canaryIs !== "bad") return [];
  const goals = harm >= 0.01 && promoted > most.promoted ? [`promoted in ${percentText(promoted)}`] : [];
  for (const other of others)
    if (bad > 0 && bad * part > other.bad)
      goals.push(`${bad.toFixed(1)} bad requests, ${other.policy} ${other.bad.toFixed(1)}`);
  return goals;
}

/** Table rows of the goals that are not met in one setting, with the ends of these rollouts in percent. */
export function missesOf({ steps, perSecond }: Setting, results: readonly Result[]): string[] {
  const sequentialResults = results.filter(({ policy }) => policy === sequential.name);
  return sequentialResults.flatMap((result) => {
    const others = results.filter(({ scenario, policy }) => scenario === result.scenario && policy !== result.policy);
    const goals = missed(result, others);
    if (goals.length === 0) return [];
    const ends = [
      ["rolled back", result.rolledBack],
      ["paused", result.paused],
      ["promoted", result.promoted],
    ] as const;
    const instead = ends.filter(([, share]) => share > 0).map(([end, share]) => `${percentText(share)} ${end}`);
    const cells = [steps.join(", "), String(perSecond), result.scenario.name, goals.join("; "), instead.join(", ")];
    return [markdownRow(cells)];
  });
}
