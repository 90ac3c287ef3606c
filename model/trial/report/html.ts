import { element, type Markup } from "../../output/markup";
import { type Cell, figure, htmlPage, htmlTable, listSection, paragraph } from "../../output/page";
import { utcText } from "../../output/text";
import { placeText } from "../manifests/source";
import { casesSvg } from "./picture";
import { countOf, outcomeSigns, outcomeWords } from "./report";
import type { CaseResult, Report } from "./result";
import { coverableText, reportSections, untouchedOf } from "./sections";

const mark = (outcome: CaseResult["outcome"]): Markup =>
  element("span", { class: outcome }, `${outcomeSigns[outcome]} ${outcomeWords[outcome]}`);

/** Elements on lines of their own in one cell of a table. */
const cell = (...parts: readonly (Markup | string)[]): Markup =>
  element("div", {}, ...parts.map((part) => element("div", {}, part)));

const code = (text: string): Markup => element("code", {}, text);

function details({ outcome, mismatches, seen, reasons }: CaseResult): Markup | string {
  if (outcome === "pass") return seen;
  const differences = mismatches.map((mismatch) =>
    element("p", {}, `expected ${mismatch.expected}`, element("br"), `seen ${mismatch.seen}`),
  );
  const explanations = reasons.map(({ text, place, fix }) =>
    element(
      "li",
      {},
      `${text} `,
      ...(place ? [code(placeText(place))] : []),
      ...(fix ? [element("br"), `fix: ${fix}`] : []),
    ),
  );
  return element(
    "div",
    {},
    ...(differences.length > 0 ? differences : [seen]),
    ...(explanations.length > 0 ? [element("ul", {}, ...explanations)] : []),
  );
}

function row(result: CaseResult): Cell[] {
  const { case: testCase, outcome } = result;
  const { method = "GET", url } = testCase.request;
  return [
    ["result", mark(outcome)],
    ["case", cell(testCase.it, code(placeText(testCase)))],
    ["request", cell(code(testCase.from), `${method} ${url}`)],
    ["what happened", details(result)],
  ];
}

/** Requests that are answered differently than on another revision. Nothing without a comparison. */
function changesSection({ against, changes }: Report): Markup[] {
  if (!changes || against === undefined) return [];
  const rows = changes.map((change): Cell[] => [
    ["case", change.it],
    ["request", cell(code(change.from), change.request)],
    ["before", change.before ?? "not possible"],
    ["after", change.after],
    ["result", mark(change.outcome)],
  ]);
  return [
    element("h2", {}, `What changes since ${against}`),
    rows.length > 0 ? htmlTable(rows) : paragraph("No request is answered differently."),
  ];
}

/**
 * The report as one page that needs no other file.
 *
 * @param at - end of the run
 */
export function tryPage(report: Report, at: Date): string {
  const { folder, stack, results, missingLogs, seconds } = report;
  const title = `Mesh test of ${folder}`;
  const untouched = untouchedOf(report);
  return htmlPage(
    title,
    element("h1", {}, title),
    paragraph(
      `${countOf(results, "pass")} of ${results.length} cases pass, ${countOf(results, "fail")} fail, ${countOf(results, "unknown")} could not be measured; environment ${stack}, ended at ${utcText(at)} after ${seconds.toFixed(1)} s`,
    ),
    ...(results.length > 0 ? [figure(casesSvg(results)), htmlTable(results.map(row))] : []),
    ...changesSection(report),
    ...reportSections(report).flatMap(({ title: heading, rows }) => listSection(heading, rows)),
    ...listSection(
      missingLogs.length > 0
        ? "Routes, subsets and policy rules that perhaps no case used"
        : "Routes, subsets and policy rules that no case used",
      untouched.map(coverableText),
    ),
  );
}
