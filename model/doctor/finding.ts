import type { Observation } from "../checks/result";
import type { Section } from "../checks/sections";
import type { Remedy } from "../output/remedy";

export const ok = (evidence: string): Observation => ({ passed: true, evidence });

/** Result for a part of the machine that could not be inspected. It counts neither as success nor as failure. */
export const unknown = (evidence: string): Observation => ({ passed: undefined, evidence });

/** A failure with which an environment cannot come up. */
export const problem = (evidence: string, remedy: Remedy | string): Observation => ({
  passed: false,
  evidence,
  remedy: typeof remedy === "string" ? [remedy] : remedy,
});

/** A failure with which an environment works, but slowly or not for everybody. */
export const warning = (evidence: string, remedy: Remedy | string, section?: Section): Observation => ({
  ...problem(evidence, remedy),
  isWarning: true,
  ...(section && { section }),
});
