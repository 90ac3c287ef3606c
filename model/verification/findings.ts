/** What a check saw. */
export interface Finding {
  /** Step of the scenario. */
  readonly step: number;
  readonly name: string;
  /** `unknown`: the check could not be made, which is no success. */
  readonly outcome: "pass" | "fail" | "unknown";
  /** What was observed, in a line. */
  readonly evidence: string;
  readonly seconds: number;
}

const words = { pass: "pass", fail: "FAIL", unknown: "not known" } as const;

/** The findings as a table for a terminal, with a line that counts them. */
export function findingsTable(findings: readonly Finding[]): string {
  const width = Math.max(...findings.map(({ name }) => name.length));
  const rows = findings.map(
    ({ step, name, outcome, evidence }) =>
      `${String(step).padStart(2)}  ${words[outcome].padEnd(9)}  ${name.padEnd(width)}  ${evidence}`,
  );
  const count = (outcome: Finding["outcome"]) => findings.filter((finding) => finding.outcome === outcome).length;
  return [...rows, "", `${count("pass")} passed, ${count("fail")} failed, ${count("unknown")} could not be made`].join(
    "\n",
  );
}

const escapes: Readonly<Record<string, string>> = {
  "&": "&amp;",
  "<": "&lt;",
  ">": "&gt;",
  '"': "&quot;",
  "'": "&apos;",
};

/** Text as it may stand in XML; characters that XML 1.0 does not allow at all become "?". */
export const xml = (text: string): string =>
  text.replace(/[^\P{Cc}\t\n\r]/gu, "?").replace(/[&<>"']/g, (character) => escapes[character] ?? "");

/** The findings in JUnit's form, which CI systems read; a check that could not be made is an error. */
export function junit(findings: readonly Finding[]): string {
  const element = { pass: undefined, fail: "failure", unknown: "error" } as const;
  const cases = findings.map(({ step, name, outcome, evidence, seconds }) => {
    const tag = element[outcome];
    const inside = tag ? `<${tag} message="${xml(evidence)}"/>` : `<system-out>${xml(evidence)}</system-out>`;
    return `  <testcase classname="step ${step}" name="${xml(name)}" time="${seconds.toFixed(3)}">${inside}</testcase>`;
  });
  const count = (outcome: Finding["outcome"]) => findings.filter((finding) => finding.outcome === outcome).length;
  return [
    '<?xml version="1.0" encoding="UTF-8"?>',
    `<testsuite name="verify" tests="${findings.length}" failures="${count("fail")}" errors="${count("unknown")}">`,
    ...cases,
    "</testsuite>",
    "",
  ].join("\n");
}
