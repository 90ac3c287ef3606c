import type { CheckResult } from "../../../model/checks/result";
import type { Section } from "../../../model/checks/sections";
import type { Remedy } from "../../../model/output/remedy";
import type { Settings } from "../../../model/settings/contract";
import type { Running } from "../../stack/running";

/** The running environment that checks observe. */
export interface CheckContext extends Running {
  /** Namespace of this run alone, without injection; it is removed afterwards. */
  readonly scratch: string;
}

/** Facts about the machine that the checks run on. */
export interface Host {
  /** True if it reaches addresses in Docker's networks. */
  readonly routesToNodes: boolean;
}

/** An observation, and whether it is what the scenario says. */
export interface Observation {
  readonly passed: boolean;
  readonly evidence: string;
}

/** One fact that the scenario shows. */
export interface Check {
  readonly step: number;
  /** Stable name for programs. */
  readonly id: string;
  /** The fact, as a sentence. */
  readonly title: string;
  /** Section of docs/troubleshooting.md for a check that does not pass. */
  readonly section: Section;
  readonly remedy?: Remedy;
  /** True if the check applies to these settings on this host. @default it always applies */
  readonly when?: (settings: Settings, host: Host) => boolean;
  /** Observes. A rejection means that the check could not be made. */
  readonly run: (context: CheckContext) => Promise<Observation>;
}

/** Runs one check. */
export async function runCheck(check: Check, context: CheckContext): Promise<CheckResult> {
  const { step, id, title, section, remedy, run } = check;
  const begun = performance.now();
  const observed = await run(context).then(
    ({ passed, evidence }) => ({ outcome: passed ? ("passed" as const) : ("failed" as const), evidence }),
    (error: Error) => ({ outcome: "unknown" as const, evidence: error.message }),
  );
  const seconds = (performance.now() - begun) / 1000;
  const help = observed.outcome === "passed" ? {} : { section, ...(remedy && { remedy }) };
  return { step, id, title, ...observed, ...help, seconds };
}
