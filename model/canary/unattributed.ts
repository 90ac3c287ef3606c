import type { Baseline } from "./evidence";
import { bandOf } from "./sequential";

/** Requests without an answer that may be the canary's: at least and at most. */
export interface Charge {
  readonly least: number;
  readonly most: number;
}

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
 * most everything that the stable version does not surely account for. At 100 % all of them.
 *
 * @param requests - all requests of the window, these included
 */
export function chargeOf(unattributed: number, requests: number, weight: number, stable: Charge): Charge {
  if (unattributed === 0) return noCharge;
  if (weight >= 100) return { least: unattributed, most: unattributed };
  const [share, stableRequests] = [(unattributed * weight) / 100, requests * (1 - weight / 100)];
  // two standard deviations, by which a count differs from its expectation
  const most = stableRequests * stable.most + 2 * Math.sqrt(stableRequests * stable.most);
  const least = Math.max(0, stableRequests * stable.least - 2 * Math.sqrt(stableRequests * stable.least));
  return { least: Math.max(share, unattributed - most), most: Math.max(share, unattributed - least) };
}
