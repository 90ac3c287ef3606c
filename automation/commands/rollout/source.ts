import { setTimeout as pause } from "node:timers/promises";
import { addTallies, delta, noTally, type Snapshot, type Tally } from "../../../model/canary/counters";
import type { Measurement } from "../../../model/canary/evidence";
import { countsOf, overdueOf, usualBound } from "../../../model/canary/tallyCounts";

/** A source of measurements, such as probes or the counters of the gateway. */
export interface MetricsProvider {
  readonly name: string;
  /** True if every measured request was routed by weight, so that the canary's share must match the weight. */
  readonly byWeight: boolean;
  /** Seconds by which what it knows may be older than the moment at which it is asked. */
  readonly lag: number;
  /**
   * Measures for so many seconds, or as many more as the provider needs.
   *
   * @throws CounterReset when what had been counted is lost
   * @throws Error when nothing could be measured
   */
  readonly measure: (seconds: number, signal?: AbortSignal) => Promise<Measurement>;
}

/** Turns the differences of counters into measurements, with one threshold for slow in all windows. */
export class SlowThreshold {
  /** Everything that the stable version answered until the threshold is known. */
  private stable: Tally = noTally;

  constructor(private bound: number | undefined) {}

  /**
   * @param seconds - between the two looks
   * @throws CounterReset
   */
  measurement(before: Snapshot, after: Snapshot, seconds: number): Measurement {
    const { v1, v2 } = delta(before, after);
    this.stable = addTallies(this.stable, v1);
    this.bound ??= usualBound(this.stable);
    const { bound } = this;
    const overdue = { stable: overdueOf(v1, seconds), canary: overdueOf(v2, seconds) };
    return {
      stable: countsOf(v1, bound),
      canary: countsOf(v2, bound),
      unattributed: 0,
      ...(bound !== undefined && { slowAbove: bound }),
      ...((overdue.stable > 0 || overdue.canary > 0) && { overdue }),
    };
  }
}

/**
 * Measurements by counters that others keep, read at the begin and the end of each window.
 *
 * Slow is slower than the least bound that nine of ten answers of the stable version kept to, in the first windows
 * that together have enough of them.
 *
 * @param lag - seconds that the counters may be behind, which is also the shortest window
 * @param slowAbove - the bound of an earlier part of the same rollout
 */
export function counters(
  name: string,
  lag: number,
  byWeight: boolean,
  read: (signal?: AbortSignal) => Promise<Snapshot>,
  slowAbove?: number,
): MetricsProvider {
  const threshold = new SlowThreshold(slowAbove);
  return {
    name,
    byWeight,
    lag,
    measure: async (seconds, signal) => {
      const before = await read(signal);
      const begun = performance.now();
      await pause(Math.max(seconds, lag) * 1000, undefined, { signal });
      const after = await read(signal);
      return threshold.measurement(before, after, (performance.now() - begun) / 1000);
    },
  };
}
