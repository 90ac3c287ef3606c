import type { CheckResult, Observation } from "../../model/checks/result";
import type { Section } from "../../model/checks/sections";
import type { Remedy } from "../../model/output/remedy";

/** One check, of this machine or of a running environment. */
export interface Check<Context, Observed extends Observation | undefined = Observation | undefined> {
  /** Stable name for programs. */
  readonly id: string;
  /** The fact that the check proves, or the part of the machine that it looks at. */
  readonly title: string | ((context: Context) => string);
  /** Section of docs/troubleshooting.md for a check that does not pass. */
  readonly section: Section;
  readonly remedy?: Remedy;
  /** Step of the scenario. */
  readonly step?: number;
  /**
   * Observes. A rejection means that the check could not be made.
   *
   * @returns undefined if there is nothing to observe on this machine
   */
  readonly run: (context: Context) => Promise<Observed>;
}

const outcomeOf = ({ passed }: Observation): CheckResult["outcome"] =>
  passed === undefined ? "unknown" : passed ? "passed" : "failed";

/** Runs one check. @returns undefined if there was nothing to observe */
export async function runCheck<Context>(check: Check<Context, Observation>, context: Context): Promise<CheckResult>;
export async function runCheck<Context>(check: Check<Context>, context: Context): Promise<CheckResult | undefined>;
export async function runCheck<Context>(check: Check<Context>, context: Context): Promise<CheckResult | undefined> {
  const { id, title, step } = check;
  const begun = performance.now();
  const observed = await check
    .run(context)
    .catch((error: Error): Observation => ({ passed: undefined, evidence: error.message }));
  if (observed === undefined) return undefined;
  const outcome = outcomeOf(observed);
  const { evidence, isWarning, remedy = check.remedy, section = check.section } = observed;
  return {
    ...(step !== undefined && { step }),
    ...{ id, title: typeof title === "string" ? title : title(context), outcome, evidence },
    ...(isWarning && { isWarning }),
    ...(outcome !== "passed" && { section, ...(remedy && { remedy }) }),
    seconds: (performance.now() - begun) / 1000,
  };
}

/** Runs checks at the same time. */
export async function runChecks<Context>(checks: readonly Check<Context>[], context: Context): Promise<CheckResult[]> {
  const results = await Promise.all(checks.map((check) => runCheck(check, context)));
  return results.filter((result) => result !== undefined);
}
