import { setTimeout as pause } from "node:timers/promises";
import { between, countsOf, type Snapshot, usualBound } from "../../model/counters";
import type { Counts } from "../../model/sequential";

/** What was measured of both versions in some seconds. */
export interface Measurement {
  readonly stable: Counts;
  readonly canary: Counts;
}

/** Where measurements come from. */
export interface Source {
  readonly name: string;
  /** Whether it measures only requests whose version was drawn by weight, so that the share has to follow it. */
  readonly byWeight: boolean;
  /**
   * @throws CounterReset where what had been counted is lost
   * @throws Error where nothing could be measured at all
   */
  readonly collect: (seconds: number) => Promise<Measurement>;
}

/**
 * Measurements by counters that others keep, read at the begin and the end of each window.
 *
 * Slow is slower than the least bound that nine of ten answers of the stable version kept to, in the first window that
 * has enough of them.
 *
 * @param least - seconds of the shortest window in which the counters are sure to have moved
 */
export function counters(name: string, least: number, byWeight: boolean, read: () => Promise<Snapshot>): Source {
  let bound: number | undefined;
  return {
    name,
    byWeight,
    collect: async (seconds) => {
      const before = await read();
      await pause(Math.max(seconds, least) * 1000);
      const { v1, v2 } = between(before, await read());
      bound ??= usualBound(v1);
      return { stable: countsOf(v1, bound), canary: countsOf(v2, bound) };
    },
  };
}
