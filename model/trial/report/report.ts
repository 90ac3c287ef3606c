import { placeText } from "../manifests/source";
import type { CaseResult, Report } from "./result";
import { coverableText, reportSections, untouchedOf } from "./sections";

/** Names of the outcomes for a terminal. */
export const outcomeWords = { pass: "pass", fail: "FAIL", unknown: "unknown" } as const;
/** Signs of the outcomes, which distinguish them without colours. */
export const outcomeSigns = { pass: "✓", fail: "✗", unknown: "?" } as const;

export const countOf = (results: readonly CaseResult[], outcome: CaseResult["outcome"]): number =>
  results.filter((result) => result.outcome === outcome).length;

/** Result and title of a case in one line. */
export const summaryOfCase = ({ case: testCase, outcome, mismatches, seen }: CaseResult): string => {
  const missed = mismatches.map(({ expected }) => expected).join(", ");
  return `${seen} (${testCase.it})${outcome === "pass" ? "" : `: ${outcomeWords[outcome]}${missed && `, expected ${missed}`}`}`;
};

/** One line of a case, and below it what was expected, what happened, and why. */
export function caseLines({ case: testCase, outcome, mismatches, seen, reasons }: CaseResult): string[] {
  const head = `${outcomeWords[outcome].padEnd(8)}${testCase.it}`;
  if (outcome === "pass") return [head];
  const { method = "GET", url } = testCase.request;
  const why = reasons.flatMap(({ text, place, fix }, i) => [
    `        ${i === 0 ? "why     " : "        "} ${text}${place ? ` (${placeText(place)})` : ""}`,
    ...(fix ? [`                 fix: ${fix}`] : []),
  ]);
  return [
    head,
    `        ${placeText(testCase)}  from ${testCase.from}: ${method} ${url}`,
    ...mismatches.flatMap(({ expected, seen }) => [`        expected ${expected}`, `        seen     ${seen}`]),
    ...(mismatches.length === 0 ? [`        seen     ${seen}`] : []),
    ...why,
  ];
}

/** The report for a terminal, after the lines of its cases. */
export function reportText(report: Report): string {
  const { results, coverage, missingLogs, seconds } = report;
  const untouched = untouchedOf(report);
  const section = (title: string, rows: readonly string[]) =>
    rows.length > 0 ? ["", title, ...rows.map((row) => `  ${row}`)] : [];
  const totals = (["pass", "fail", "unknown"] as const).map(
    (outcome) => `${countOf(results, outcome)} ${outcomeWords[outcome]}`,
  );
  return [
    ...reportSections(report).flatMap(({ title, rows }) =>
      section(`${title.slice(0, 1).toLowerCase()}${title.slice(1)}:`, rows),
    ),
    ...section(
      `coverage: ${coverage.length - untouched.length} of ${coverage.length} routes, subsets and policy rules were used; ${missingLogs.length > 0 ? "not known" : "not used"}:`,
      coverage.length > 0 ? (untouched.length > 0 ? untouched.map(coverableText) : ["none"]) : [],
    ),
    "",
    `${results.length} cases: ${totals.join(", ")} (${seconds.toFixed(1)} s)`,
  ].join("\n");
}
