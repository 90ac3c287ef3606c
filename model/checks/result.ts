import { element } from "../output/markup";
import { type CommandWriter, forNpm, type Remedy, writeRemedy } from "../output/remedy";
import { columns } from "../output/table";
import { type Section, troubleshootingPage } from "./sections";

/** Evidence of a check, and the way out of its failure. */
interface Finding {
  /** Observation that decided the outcome, or the reason why it is unknown, in one line. */
  readonly evidence: string;
  /** True for a failure that does not stop the environment from working. */
  readonly isWarning?: boolean;
  /** Fix of the failure. An observation's own replaces that of its check. */
  readonly remedy?: Remedy;
  /** Section of the troubleshooting page. An observation's own replaces that of its check. */
  readonly section?: Section;
}

/** An observation, and its comparison with the expected state. */
export interface Observation extends Finding {
  /** Undefined if the check could not be made, which does not count as success. */
  readonly passed: boolean | undefined;
}

/** Result of one check, of this machine or of a running environment. */
export interface CheckResult extends Finding {
  /** Stable name for programs, such as `docker` or `ingress-404`. */
  readonly id: string;
  /** The fact that the check proves, or the part of the machine that it inspects. */
  readonly title: string;
  /** `unknown` if the check could not be made, which does not count as success. */
  readonly outcome: "passed" | "failed" | "unknown";
  /** Step of the scenario. */
  readonly step?: number;
  readonly seconds?: number;
}

const outcomeWord = ({ outcome, isWarning }: CheckResult): string => (isWarning ? "warning" : outcome);

/** Failed checks that are no warnings. */
export const failedChecks = (results: readonly CheckResult[]): readonly CheckResult[] =>
  results.filter(({ outcome, isWarning }) => outcome === "failed" && !isWarning);

/**
 * Results as a table for a terminal, followed by the troubleshooting sections of those that did not pass.
 *
 * @param writer - writes the commands of remedies for the reader
 */
export function checkTable(results: readonly CheckResult[], writer: CommandWriter = forNpm()): string {
  const rows = results.map((result) => {
    const { step, title, evidence, remedy } = result;
    const fix = remedy ? `; fix: ${writeRemedy(remedy, writer)}` : "";
    return [...(step === undefined ? [] : [String(step).padStart(2)]), outcomeWord(result), title, `${evidence}${fix}`];
  });
  const open = results.filter(({ outcome }) => outcome !== "passed").flatMap(({ section }) => section ?? []);
  return [...columns(rows), ...[...new Set(open)].map((section) => `more: ${troubleshootingPage}#${section}`)].join(
    "\n",
  );
}

/** Numbers of the outcomes, as a sentence. */
export function checkCounts(results: readonly CheckResult[]): string {
  const count = (outcome: CheckResult["outcome"]) => results.filter((result) => result.outcome === outcome).length;
  return `${count("passed")} passed, ${count("failed")} failed, ${count("unknown")} could not be made`;
}

/** Results as JUnit XML, which CI systems read. A check that could not be made is an error. @param suiteName - name of the suite */
export function junitReport(results: readonly CheckResult[], suiteName = "verify"): string {
  const tags = { passed: undefined, failed: "failure", unknown: "error" } as const;
  const count = (outcome: CheckResult["outcome"]) => results.filter((result) => result.outcome === outcome).length;
  const cases = results.map(({ step, title, outcome, evidence, seconds = 0 }) => {
    const tag = tags[outcome];
    const detail = tag ? element(tag, { message: evidence }) : element("system-out", {}, evidence);
    return element("testcase", { classname: `step ${step}`, name: title, time: seconds.toFixed(3) }, detail);
  });
  const suite = element(
    "testsuite",
    { name: suiteName, tests: results.length, failures: count("failed"), errors: count("unknown") },
    ...cases.flatMap((testCase) => [{ markup: "\n  " }, testCase]),
    { markup: "\n" },
  );
  return `<?xml version="1.0" encoding="UTF-8"?>\n${suite.markup}\n`;
}
