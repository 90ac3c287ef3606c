import type { CaseResult, Report } from "./result";
import { placeText } from "../manifests/source";

/** Names of the outcomes for a terminal. */
export const outcomeWords = { pass: "pass", fail: "FAIL", unknown: "unknown" } as const;

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
  const { results, coverage, substitutions, leftOut, notes, hints, missingLogs, seconds } = report;
  const untouched = coverage.filter(({ touched }) => !touched);
  const section = (title: string, rows: readonly string[]) =>
    rows.length > 0 ? ["", title, ...rows.map((row) => `  ${row}`)] : [];
  const totals = (["pass", "fail", "unknown"] as const).map(
    (outcome) => `${countOf(results, outcome)} ${outcomeWords[outcome]}`,
  );
  return [
    ...section(
      "not as in your manifests:",
      substitutions.map(({ object, place, did }) => `${object}${place ? ` (${place})` : ""}: ${did}`),
    ),
    ...section(
      "left out:",
      leftOut.map((omitted) => `${omitted.object} (${placeText(omitted)}): ${omitted.why}`),
    ),
    ...section("about the environment:", notes),
    ...section("istioctl analyze says (hints, no verdict):", hints),
    ...section("access logs that did not come, so that reasons and coverage may be incomplete:", missingLogs),
    ...section(
      `coverage: ${coverage.length - untouched.length} of ${coverage.length} routes, subsets and policy rules were used; ${missingLogs.length > 0 ? "not known" : "not used"}:`,
      coverage.length > 0
        ? untouched.length > 0
          ? untouched.map((coverable) => `${placeText(coverable)}: ${coverable.what}`)
          : ["none"]
        : [],
    ),
    "",
    `${results.length} cases: ${totals.join(", ")} (${seconds.toFixed(1)} s)`,
  ].join("\n");
}
