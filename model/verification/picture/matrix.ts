import type { Markup } from "../../output/markup";
import { svgText } from "../../output/svg";
import { wrap } from "../../output/text";
import { type CallOutcome, callOutcomes, targets } from "../../security/mtls";
import type { Settings } from "../../settings/contract";

const [left, line] = [24, 24];
const columns = [left, 240, 440, 600, 770];

/** Sign, name and style of each outcome. The sign distinguishes them without colours. */
export const outcomes: Readonly<
  Record<CallOutcome, { readonly label: string; readonly style: string; readonly means: string }>
> = {
  mTLS: { label: "● mutual TLS", style: "passed-text", means: "encrypted, and both sides authenticated" },
  plain: { label: "○ plain text", style: "undecided-text", means: "readable on the network" },
  reset: { label: "✕ reset", style: "failed-text", means: "the proxy of the target refuses the connection" },
};

/** Table of the outcome of a call from each kind of caller to each target, with its legend. */
export function callMatrix(settings: Settings, top: number): { readonly shapes: Markup[]; readonly bottom: number } {
  const rows = callOutcomes(settings);
  const x = (column: number) => columns[column] ?? left;
  const heads = ["call to", "mode and its scope", ...(rows[0]?.calls.map(({ name }) => `from ${name}`) ?? [])];
  const legendTop = top + 46 + rows.length * line;
  return {
    bottom: legendTop + 3 * 20,
    shapes: [
      ...heads.flatMap((head, i) => wrap(head, 16).map((words, j) => svgText(x(i), top + j * 17, words, "strong"))),
      ...rows.flatMap(({ target, mode, scope, calls }, i) => {
        const y = top + 42 + i * line;
        return [
          svgText(x(0), y, targets[target]),
          svgText(x(1), y, `${mode}, ${scope}`),
          ...calls.map(({ call }, j) => svgText(x(j + 2), y, outcomes[call].label, outcomes[call].style)),
        ];
      }),
      ...Object.values(outcomes).map(({ label, means }, i) =>
        svgText(left, legendTop + 14 + i * 20, `${label}: ${means}`, "muted"),
      ),
    ],
  };
}
