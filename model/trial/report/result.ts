import type { Case } from "../format/cases";
import type { LeftOut } from "../manifests/objects";
import type { Place } from "../manifests/source";
import type { Substitution } from "../standIns/substitutions";
import type { Judgement } from "./judgement";

/** A reason with the line that causes it, and what to change. */
export interface Reason {
  readonly text: string;
  readonly place?: Place;
  readonly fix?: string;
}

/** A case that ran, with its judgement and the reasons for it. */
export interface CaseResult extends Judgement {
  readonly case: Case;
  readonly seconds: number;
  /** Requests that were sent for the judgement. */
  readonly requests: number;
  readonly reasons: readonly Reason[];
}

/** Part of the manifests that a case can touch, such as a route or a rule of a policy. */
export interface Coverable extends Place {
  readonly what: string;
  /** Undefined if an access log is missing that may show it. */
  readonly touched: boolean | undefined;
}

/** A request that is answered differently on two sets of files. */
export interface AnswerChange {
  readonly it: string;
  readonly from: string;
  readonly request: string;
  /** Undefined if the case could not run on the earlier files. */
  readonly before?: string;
  readonly after: string;
  readonly outcome: CaseResult["outcome"];
}

/** Everything that a report shows. */
export interface Report {
  readonly folder: string;
  readonly stack: string;
  readonly results: readonly CaseResult[];
  readonly coverage: readonly Coverable[];
  /** Access logs that did not come, with the cases whose requests they lack. */
  readonly missingLogs: readonly string[];
  readonly substitutions: readonly Substitution[];
  readonly leftOut: readonly LeftOut[];
  /** Facts about the environment that change what is measured. */
  readonly notes: readonly string[];
  /** Messages of `istioctl analyze`, as hints. */
  readonly hints: readonly string[];
  readonly seconds: number;
  /** Revision that the run was compared with, and what is answered differently since. */
  readonly against?: string;
  readonly changes?: readonly AnswerChange[];
}
