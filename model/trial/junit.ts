import { escapeMarkup } from "../output/markup";
import { caseLines, countOf } from "./report";
import type { Report } from "./result";

/** The report in JUnit's form, one test suite for each file; a case that could not be measured is an error. */
export function tryJunit({ results }: Report): string {
  const files = [...new Set(results.map((one) => one.case.file))];
  const suites = files.flatMap((file) => {
    const own = results.filter((one) => one.case.file === file);
    const cases = own.map((one) => {
      const { outcome, seen, mismatches } = one;
      const tag = { pass: undefined, fail: "failure", unknown: "error" }[outcome];
      const message = mismatches.map(({ expected, seen }) => `expected ${expected}, saw ${seen}`).join("; ") || seen;
      const inside = tag
        ? `<${tag} message="${escapeMarkup(message)}">${escapeMarkup(caseLines(one).join("\n"))}</${tag}>`
        : `<system-out>${escapeMarkup(seen)}</system-out>`;
      return `    <testcase classname="${escapeMarkup(file)}" name="${escapeMarkup(one.case.it)}" file="${escapeMarkup(file)}" line="${one.case.line}" time="${one.seconds.toFixed(3)}">${inside}</testcase>`;
    });
    const head = `  <testsuite name="${escapeMarkup(file)}" tests="${own.length}" failures="${countOf(own, "fail")}" errors="${countOf(own, "unknown")}">`;
    return [head, ...cases, "  </testsuite>"];
  });
  return ['<?xml version="1.0" encoding="UTF-8"?>', "<testsuites>", ...suites, "</testsuites>", ""].join("\n");
}
