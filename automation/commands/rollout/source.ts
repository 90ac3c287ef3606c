import { setTimeout as pause } from "node:timers/promises";
import { between, countsOf, type Snapshot, usualBound } from "../../../model/canary/counters";
import type { Counts } from "../../../model/canary/sequential";

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
  /** Seconds by which what it knows may be older than the moment at which it is asked. */
  readonly lag: number;
  /**
   * @throws CounterReset where what had been counted is lost
   * @throws Error where nothing could be measured at all
   */
  readonly collect: (seconds: number, signal?: AbortSignal) => Promise<Measurement>;
}

/**
 * Measurements by counters that others keep, read at the begin and the end of each window.
 *
 * Slow is slower than the least bound that nine of ten answers of the stable version kept to, in the first window that
 * has enough of them.
 *
 * @param lag - seconds that the counters may be behind, which is also the shortest window
 */
export function counters(name: string, lag: number, byWeight: boolean, read: () => Promise<Snapshot>): Source {
  let bound: number | undefined;
  return {
    name,
    byWeight,
    lag,
    collect: async (seconds, signal) => {
      const before = await read();
      await pause(Math.max(seconds, lag) * 1000, undefined, { signal });
      const { v1, v2 } = between(before, await read());
      bound ??= usualBound(v1);
      return { stable: countsOf(v1, bound), canary: countsOf(v2, bound) };
    },
  };
}
