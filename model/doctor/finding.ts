import type { CheckResult } from "../checks/result";
import type { Section } from "../checks/sections";
import type { Remedy } from "../output/remedy";

export const ok = (id: string, evidence: string): CheckResult => ({ id, title: id, outcome: "passed", evidence });

/** A part of the machine that could not be looked at, which is neither good nor bad. */
export const unknown = (id: string, evidence: string): CheckResult => ({ id, title: id, outcome: "unknown", evidence });

/** A failure with which an environment cannot come up. */
export const problem = (
  id: string,
  evidence: string,
  remedy: Remedy | string,
  section: Section = "before-anything-is-made",
): CheckResult => ({
  ...{ id, title: id, outcome: "failed", evidence, section },
  remedy: typeof remedy === "string" ? [remedy] : remedy,
});

/** A failure with which an environment works, but slowly or not for everybody. */
export const warning = (
  id: string,
  evidence: string,
  remedy: Remedy | string,
  section: Section = "this-machine",
): CheckResult => ({ ...problem(id, evidence, remedy, section), isWarning: true });
