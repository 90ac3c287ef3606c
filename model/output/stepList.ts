/** A rollout or an upgrade as texts. */
export interface StepList {
  /** State in one line. */
  readonly state: string;
  /** The steps that were begun, each with its outcome and its measurements. */
  readonly steps: readonly string[];
}
