import { markdownTable } from "../../output/table";
import { placeText } from "../manifests/source";
import type { AnswerChange, CaseResult } from "./result";

/** Number of answers of each kind. */
function answerCounts(summary: string): { counts: Map<string, number>; total: number } {
  const rows = summary.split(", ").map((row) => /^(.*?)(?: ×(\d+))?$/.exec(row));
  const counts = rows.map((row) => [row?.[1] ?? "", Number(row?.[2] ?? 1)] as const);
  return { counts: new Map(counts), total: counts.reduce((sum, [, count]) => sum + count, 0) };
}

/** Answers from which on the chance of a share can be calculated. With fewer, a share (0 to 1) has to differ by more than `few`. */
const [enough, few] = [20, 0.2];
/** Standard deviations of a difference that 999 of 1000 pairs of equal runs do not reach. */
const deviations = 3.29;

/** True if two summaries of answers differ by more than chance. */
export function summariesDiffer(before: string, after: string): boolean {
  const [a, b] = [answerCounts(before), answerCounts(after)];
  return [...new Set([...a.counts.keys(), ...b.counts.keys()])].some((kind) => {
    const [countA, countB] = [a.counts.get(kind) ?? 0, b.counts.get(kind) ?? 0];
    const common = (countA + countB) / (a.total + b.total);
    const chance = deviations * Math.sqrt(common * (1 - common) * (1 / a.total + 1 / b.total));
    return Math.abs(countA / a.total - countB / b.total) > (Math.min(a.total, b.total) < enough ? few : chance);
  });
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

/** A text of a user on one line, in which Markdown finds no HTML. */
const inline = (text: string): string => text.replaceAll("\n", " ").replaceAll("<", "&lt;");

/** The changes and the failures as Markdown, for a summary or a comment on a pull request. */
export function changesMarkdown(
  revision: string,
  changes: readonly AnswerChange[],
  results: readonly CaseResult[],
): string {
  const failed = results.filter(({ outcome }) => outcome !== "pass");
  const passed = results.length - failed.length;
  const rows = changes.map(({ it, from, request, before, after, outcome }) => [
    ...[it, from, request, before ?? "not possible", after].map(inline),
    outcome,
  ]);
  const failures = failed.map(
    ({ case: testCase, outcome, mismatches, seen, reasons }) =>
      `- **${outcome}** ${inline(testCase.it)} (${placeText(testCase)}): ${inline(mismatches.map(({ expected, seen }) => `expected ${expected}, saw ${seen}`).join("; ") || seen)}${reasons[0] ? ` (${inline(reasons.map(({ text, place }) => (place ? `${text}, ${placeText(place)}` : text)).join("; "))})` : ""}`,
  );
  return [
    "### What this changes for whom",
    "",
    ...(rows.length > 0
      ? markdownTable([["case", "from", "request", "before", "after", "result"], ...rows])
      : [
          `No request is answered differently than on \`${/^[0-9a-f]{40}$/.test(revision) ? revision.slice(0, 7) : revision}\`.`,
        ]),
    "",
    `${passed} of ${results.length} cases pass.`,
    ...(failures.length > 0 ? ["", ...failures] : []),
    "",
  ].join("\n");
}
