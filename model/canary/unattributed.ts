import type { Baseline } from "./evidence";
import { bandOf } from "./sequential";

/** Requests without an answer that may be the canary's: at least and at most. */
export interface Charge {
  readonly least: number;
  readonly most: number;
}

/** Standard deviations by which a count may differ from its expectation. */
const deviations = 2;

export const noCharge: Charge = { least: 0, most: 0 };

/** What is known of the rate at which the stable version leaves requests unanswered, without a known version. */
export function stableUnanswered(baseline: Baseline | undefined, weight: number, risk: number): Charge {
  const lowest = baseline?.lowest;
  if (!lowest || lowest.weight >= weight || lowest.requests === 0) return { least: 0, most: 1 };
  const band = bandOf(lowest.unattributed, lowest.requests, risk);
  // version 2 may be the cause of all of them where it had some weight
  return { least: lowest.weight === 0 ? band.low : 0, most: Math.min(1, band.high / (1 - lowest.weight / 100)) };
}

/**
 * Part of the unanswered requests without a known version that is charged to the canary.
 *
 * At least its share by weight, or what the stable version does not account for by its baseline, whichever is more. At
 * most everything that the stable version does not surely account for. At 100 % all of them. The least is not more than
 * the requests of the canary that can be missing at its weight.
 *
 * @param requests - all requests of the window, these included
 * @param answered - those of the canary whose version is known
 */
export function chargeOf(
  unattributed: number,
  requests: number,
  answered: number,
  weight: number,
  stable: Charge,
): Charge {
  if (unattributed === 0) return noCharge;
  if (weight >= 100) return { least: unattributed, most: unattributed };
  const share = (unattributed * weight) / 100;
  const ofCanary = (requests * weight) / 100;
  const missing = ofCanary + deviations * Math.sqrt(ofCanary * (1 - weight / 100)) - answered;
  const ofStable = requests - ofCanary;
  const accounted = ofStable * stable.most + deviations * Math.sqrt(ofStable * stable.most);
  const surely = Math.max(0, ofStable * stable.least - deviations * Math.sqrt(ofStable * stable.least));
  return {
    least: Math.max(share, Math.min(unattributed - accounted, missing)),
    most: Math.max(share, unattributed - surely),
  };
}
