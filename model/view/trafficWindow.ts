import { CounterReset, type CounterSnapshot, delta } from "../canary/counters";
import { failedRequests } from "../canary/evidence";
import { countsOf } from "../canary/tallyCounts";
import type { TrafficShares, ViewPart } from "./state";

/** Counters of the gateways at one time. */
export interface CounterReading {
  /** Time of the reading, in milliseconds of a monotonic clock. */
  readonly at: number;
  readonly snapshot: CounterSnapshot;
}

/** Length of the window whose traffic the page shows as shares, in milliseconds. */
const windowLength = 60_000;

/** Adds a reading and drops those before the window, except the last of them, which is the window's beginning. */
export function addReading(readings: readonly CounterReading[], reading: CounterReading): CounterReading[] {
  const extended = [...readings, reading];
  const inside = extended.findIndex(({ at }) => reading.at - at <= windowLength);
  return extended.slice(Math.max(0, inside - 1));
}

/** Traffic between the first reading and the last one. */
export function trafficOf(readings: readonly CounterReading[]): ViewPart<TrafficShares> {
  const [first, last] = [readings[0], readings.at(-1)];
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
