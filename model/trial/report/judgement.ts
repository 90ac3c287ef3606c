/** One expectation that was not met. */
export interface Mismatch {
  readonly expected: string;
  readonly seen: string;
}

export type Outcome = "pass" | "fail" | "unknown";

export interface Judgement {
  readonly outcome: Outcome;
  readonly mismatches: readonly Mismatch[];
  /** The observations in one line. */
  readonly seen: string;
}
