import { CounterReset, type CounterSnapshot, delta } from "../canary/counters";
import { failedRequests } from "../canary/evidence";
import { countsOf } from "../canary/tallyCounts";
import type { TrafficShares, ViewPart } from "./state";

/** One look at the gateways' counters. */
export interface CounterReading {
  /** Time of the look in milliseconds of a clock that never goes back. */
  readonly at: number;
  readonly snapshot: CounterSnapshot;
}

/** Time that the page's shares cover, in milliseconds. */
const windowLength = 60_000;

/** Adds a look, and drops those that are older than the window. The last look before the window stays as its beginning. */
export function addReading(looks: readonly CounterReading[], look: CounterReading): CounterReading[] {
  const all = [...looks, look];
  const inside = all.findIndex(({ at }) => look.at - at <= windowLength);
  return all.slice(Math.max(0, inside - 1));
}

/** Traffic between the first look and the last one. */
export function trafficOf(looks: readonly CounterReading[]): ViewPart<TrafficShares> {
  const [first, last] = [looks[0], looks.at(-1)];
  if (first === undefined || last === undefined || first === last)
    return { unknown: "counting began a moment ago; the first figures follow in a few seconds" };
  try {
    const { v1, v2 } = delta(first.snapshot, last.snapshot);
    const [stable, canary] = [countsOf(v1, undefined), countsOf(v2, undefined)];
    return {
      value: {
        seconds: (last.at - first.at) / 1000,
        requests: { v1: stable.requests, v2: canary.requests },
        failures: { v1: failedRequests(stable), v2: failedRequests(canary) },
      },
    };
  } catch (error) {
    if (error instanceof CounterReset) return { unknown: `${error.message}; counting begins again` };
    throw error;
  }
}
