import { element } from "../output/markup";
import { columns } from "../output/table";

/** Result of one check. */
export interface Finding {
  /** Step of the scenario. */
  readonly step: number;
  readonly name: string;
  /** `unknown` if the check could not be made, which does not count as success. */
  readonly outcome: "pass" | "fail" | "unknown";
  /** Observation that decided the outcome, in one line. */
  readonly evidence: string;
  readonly seconds: number;
}

const words = { pass: "pass", fail: "FAIL", unknown: "not known" } as const;

const count = (findings: readonly Finding[], outcome: Finding["outcome"]): number =>
  findings.filter((finding) => finding.outcome === outcome).length;

/** Findings as a table for a terminal, followed by a line with their numbers. */
export function findingsTable(findings: readonly Finding[]): string {
  const rows = findings.map(({ step, name, outcome, evidence }) => [
    String(step).padStart(2),
    words[outcome],
    name,
    evidence,
  ]);
  const [passed, failed, unknown] = (["pass", "fail", "unknown"] as const).map((outcome) => count(findings, outcome));
  return [...columns(rows), "", `${passed} passed, ${failed} failed, ${unknown} could not be made`].join("\n");
}

/** Findings as JUnit XML, which CI systems read. A check that could not be made is an error. */
export function junit(findings: readonly Finding[]): string {
  const tags = { pass: undefined, fail: "failure", unknown: "error" } as const;
  const cases = findings.map(({ step, name, outcome, evidence, seconds }) => {
    const tag = tags[outcome];
    const detail = tag ? element(tag, { message: evidence }) : element("system-out", {}, evidence);
    return element("testcase", { classname: `step ${step}`, name, time: seconds.toFixed(3) }, detail);
  });
  const suite = element(
    "testsuite",
    {
      name: "verify",
      tests: findings.length,
      failures: count(findings, "fail"),
      errors: count(findings, "unknown"),
    },
    ...cases.flatMap((one) => [{ markup: "\n  " }, one]),
    { markup: "\n" },
  );
  return `<?xml version="1.0" encoding="UTF-8"?>\n${suite.markup}\n`;
}
