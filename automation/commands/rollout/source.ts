import { setTimeout as pause } from "node:timers/promises";
import { between, countsOf, type Snapshot, usualBound } from "../../../model/canary/counters";
import type { Measurement } from "../../../model/canary/evidence";

/** A source of measurements, such as probes or the counters of the gateway. */
export interface MetricsProvider {
  readonly name: string;
  /** Whether it measures only requests whose version was drawn by weight, so that the share has to follow it. */
  readonly byWeight: boolean;
  /** Seconds by which what it knows may be older than the moment at which it is asked. */
  readonly lag: number;
  /**
   * @throws CounterReset where what had been counted is lost
   * @throws Error where nothing could be measured at all
   */
  readonly measure: (seconds: number, signal?: AbortSignal) => Promise<Measurement>;
}

/**
 * Measurements by counters that others keep, read at the begin and the end of each window.
 *
 * Slow is slower than the least bound that nine of ten answers of the stable version kept to, in the first window that
 * has enough of them.
 *
 * @param lag - seconds that the counters may be behind, which is also the shortest window
 */
export function counters(name: string, lag: number, byWeight: boolean, read: () => Promise<Snapshot>): MetricsProvider {
  let bound: number | undefined;
  return {
    name,
    byWeight,
    lag,
    measure: async (seconds, signal) => {
      const before = await read();
      await pause(Math.max(seconds, lag) * 1000, undefined, { signal });
      const { v1, v2 } = between(before, await read());
      bound ??= usualBound(v1);
      return {
        stable: countsOf(v1, bound),
        canary: countsOf(v2, bound),
        unattributed: 0,
        ...(bound !== undefined && { slowAbove: bound }),
      };
    },
  };
}
