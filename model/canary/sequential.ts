export interface Hypotheses {
  /** Rate of a canary that is as good as the stable version. */
  readonly good: number;
  /** Least rate of a canary that has to be rolled back. */
  readonly bad: number;
}

/** How often a sequential test may be wrong. */
export interface Risks {
  /** Probability that a good canary fails. */
  readonly alpha: number;
  /** Probability that a bad canary passes. */
  readonly beta: number;
}

export type Decision = "bad" | "good" | "undecided";

/**
 * Wald's sequential probability ratio test of a rate (https://doi.org/10.1214/aoms/1177731118).
 *
 * It may be looked at after every request: unlike a test of fixed size, looking early does not raise its risks.
 */
export function sprt(hits: number, requests: number, { good, bad }: Hypotheses, { alpha, beta }: Risks): Decision {
  const evidence = hits * Math.log(bad / good) + (requests - hits) * Math.log((1 - bad) / (1 - good));
  if (evidence >= Math.log((1 - beta) / alpha)) return "bad";
  if (evidence <= Math.log(beta / (1 - alpha))) return "good";
  return "undecided";
}

/**
 * What counts as good and bad beside a stable version measured at the same time.
 *
 * Good is what the stable version may be at most, two standard errors above its (Laplace's) share, so that few requests
 * of it make the test cautious and not wrong. Without any request of it the floor alone holds.
 *
 * @param hits - of the stable version
 * @param margin - by how much a bad canary exceeds a good one
 * @param floor - least rate of a good canary, so that a single hit never decides
 */
export function besides(hits: number, requests: number, margin: number, floor: number): Hypotheses {
  if (requests === 0) return { good: floor, bad: floor + margin };
  const share = (hits + 1) / (requests + 2);
  const spread = Math.sqrt((share * (1 - share)) / (requests + 2));
  const good = Math.min(0.5, Math.max(floor, share + 2 * spread));
  return { good, bad: Math.min(0.99, good + margin) };
}
