import type { Settings } from "../../../model/settings/contract";
import type { Finding } from "../../../model/verification/findings";
import type { Running } from "../../stack/running";

/** The running environment as checks see it. */
export interface Subject extends Running {
  /** Namespace of the run's own, without injection; gone after it. */
  readonly scratch: string;
}

/** What checks need to know of the machine that they run on. */
export interface Host {
  /** Whether addresses in Docker's networks are reached from it. */
  readonly routesToNodes: boolean;
}

/** What was seen, and whether it is what the scenario says. */
export interface Seen {
  readonly holds: boolean;
  readonly evidence: string;
}

/** One thing that the scenario shows. */
export interface Check {
  readonly step: number;
  readonly name: string;
  /** Whether these settings on this host ask for it; always where there is no such rule. */
  readonly when?: (settings: Settings, host: Host) => boolean;
  /** Observes; an error means that the check could not be made. */
  readonly see: (subject: Subject) => Promise<Seen>;
}

/** Makes one check. */
export async function make({ step, name, see }: Check, subject: Subject): Promise<Finding> {
  const begun = performance.now();
  const seen = await see(subject).then(
    ({ holds, evidence }) => ({ outcome: holds ? ("pass" as const) : ("fail" as const), evidence }),
    (error: Error) => ({ outcome: "unknown" as const, evidence: error.message }),
  );
  return { step, name, ...seen, seconds: (performance.now() - begun) / 1000 };
}
