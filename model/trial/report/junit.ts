import { escapeMarkup } from "../../output/markup";
import { caseLines, countOf } from "./report";
import type { Report } from "./result";

/** The report in JUnit's form, one test suite for each file; a case that could not be measured is an error. */
export function tryJunit({ results }: Report): string {
  const files = [...new Set(results.map((result) => result.case.file))];
  const suites = files.flatMap((file) => {
    const resultsOfFile = results.filter((result) => result.case.file === file);
    const cases = resultsOfFile.map((result) => {
      const { outcome, seen, mismatches } = result;
      const tag = { pass: undefined, fail: "failure", unknown: "error" }[outcome];
      const message = mismatches.map(({ expected, seen }) => `expected ${expected}, saw ${seen}`).join("; ") || seen;
      const inside = tag
        ? `<${tag} message="${escapeMarkup(message)}">${escapeMarkup(caseLines(result).join("\n"))}</${tag}>`
        : `<system-out>${escapeMarkup(seen)}</system-out>`;
      return `    <testcase classname="${escapeMarkup(file)}" name="${escapeMarkup(result.case.it)}" file="${escapeMarkup(file)}" line="${result.case.line}" time="${result.seconds.toFixed(3)}">${inside}</testcase>`;
    });
    const head = `  <testsuite name="${escapeMarkup(file)}" tests="${resultsOfFile.length}" failures="${countOf(resultsOfFile, "fail")}" errors="${countOf(resultsOfFile, "unknown")}">`;
    return [head, ...cases, "  </testsuite>"];
  });
  return ['<?xml version="1.0" encoding="UTF-8"?>', "<testsuites>", ...suites, "</testsuites>", ""].join("\n");
}
