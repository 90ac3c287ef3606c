import { markdownCell } from "../../output/text";
import type { AnswerChange, CaseResult } from "./result";
import { placeText } from "../manifests/source";

/** Share of each kind of answer. */
function shares(summary: string): Map<string, number> {
  const rows = summary.split(", ").map((row) => /^(.*?)(?: ×(\d+))?$/.exec(row));
  const counts = rows.map((row) => [row?.[1] ?? "", Number(row?.[2] ?? 1)] as const);
  const total = counts.reduce((sum, [, count]) => sum + count, 0);
  return new Map(counts.map(([kind, count]) => [kind, count / total]));
}

/** A share (0 to 1) has changed if it differs by more than this between two runs. Smaller differences may be chance. */
const noise = 0.2;

/** True if two summaries of answers differ by more than chance. */
export function summariesDiffer(before: string, after: string): boolean {
  const [a, b] = [shares(before), shares(after)];
  return [...new Set([...a.keys(), ...b.keys()])].some(
    (kind) => Math.abs((a.get(kind) ?? 0) - (b.get(kind) ?? 0)) > noise,
  );
}

const keyOf = ({ case: testCase }: CaseResult): string => `${testCase.file} ${testCase.line} ${testCase.it}`;

/** The requests that two runs of the same cases answer differently. */
export function changesBetween(before: readonly CaseResult[], after: readonly CaseResult[]): AnswerChange[] {
  const earlier = new Map(before.map((result) => [keyOf(result), result]));
  return after.flatMap((result): AnswerChange[] => {
    const old = earlier.get(keyOf(result));
    if (old && old.outcome === result.outcome && !summariesDiffer(old.seen, result.seen)) return [];
    const { it, from, request } = result.case;
    return [
      {
        it,
        from,
        request: `${request.method ?? "GET"} ${request.url}`,
        ...(old && { before: old.seen }),
        after: result.seen,
        outcome: result.outcome,
      },
    ];
  });
}

/** The changes for a terminal. */
export function changesText(revision: string, changes: readonly AnswerChange[]): string {
  if (changes.length === 0) return `no request is answered differently than on ${revision}`;
  const rows = changes.flatMap(({ it, from, request, before, after }) => [
    `  ${it}`,
    `    ${from}: ${request}`,
    `    ${before ?? "not possible"} → ${after}`,
  ]);
  return [`what changes since ${revision}:`, ...rows].join("\n");
}

const cell = (text: string): string => markdownCell(text).replaceAll("\n", " ").replaceAll("<", "&lt;");

/** The changes and the failures as Markdown, for a summary or a comment on a pull request. */
export function changesMarkdown(
  revision: string,
  changes: readonly AnswerChange[],
  results: readonly CaseResult[],
): string {
  const failed = results.filter(({ outcome }) => outcome !== "pass");
  const passed = results.length - failed.length;
  const rows = changes.map(
    ({ it, from, request, before, after, outcome }) =>
      `| ${cell(it)} | ${cell(from)} | ${cell(request)} | ${cell(before ?? "not possible")} | ${cell(after)} | ${outcome} |`,
  );
  const failures = failed.map(
    ({ case: testCase, outcome, mismatches, seen, reasons }) =>
      `- **${outcome}** ${cell(testCase.it)} (${placeText(testCase)}): ${cell(mismatches.map(({ expected, seen }) => `expected ${expected}, saw ${seen}`).join("; ") || seen)}${reasons[0] ? ` (${cell(reasons.map(({ text, place }) => (place ? `${text}, ${placeText(place)}` : text)).join("; "))})` : ""}`,
  );
  return [
    "### What this changes for whom",
    "",
    ...(rows.length > 0
      ? ["| case | from | request | before | after | result |", "| --- | --- | --- | --- | --- | --- |", ...rows]
      : [
          `No request is answered differently than on \`${/^[0-9a-f]{40}$/.test(revision) ? revision.slice(0, 7) : revision}\`.`,
        ]),
    "",
    `${passed} of ${results.length} cases pass.`,
    ...(failures.length > 0 ? ["", ...failures] : []),
    "",
  ].join("\n");
}
