import { setTimeout as pause } from "node:timers/promises";
import { addTallies, type CounterSnapshot, delta, noTally, type Tally } from "../../../model/canary/counters";
import type { Measurement } from "../../../model/canary/evidence";
import { countsOf, overdueOf, p90Bound } from "../../../model/canary/tallyCounts";

/** A source of measurements, such as probes or the counters of the gateway. */
export interface MetricsProvider {
  readonly name: string;
  /** True if every measured request was routed by weight, so that the canary's share must match the weight. */
  readonly byWeight: boolean;
  /** Greatest age of a counter's value when it is read, in seconds. */
  readonly lag: number;
  /**
   * Measures for this number of seconds, or longer if the provider needs it.
   *
   * @throws CounterReset when a counter has lost its value, for example because a gateway was restarted
   * @throws Error when nothing could be measured
   */
  readonly measure: (seconds: number, signal?: AbortSignal) => Promise<Measurement>;
}

/** Converts differences of counters into measurements. All windows have the same threshold for slow responses. */
export class SlowThreshold {
  /** Sum of the stable version's responses, from which the threshold is computed. */
  private stable: Tally = noTally;

  constructor(private bound: number | undefined) {}

  /**
   * @param seconds - between the two snapshots
   * @throws CounterReset
   */
  measurement(before: CounterSnapshot, after: CounterSnapshot, seconds: number): Measurement {
    const { v1, v2 } = delta(before, after);
    this.stable = addTallies(this.stable, v1);
    this.bound ??= p90Bound(this.stable);
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
 * Measurements by counters of another process, which are read at the beginning and the end of each window.
 *
 * A response is slow if it takes longer than the stable version's 90th percentile, taken from the first windows that
 * together have enough stable responses.
 *
 * @param lag - seconds that the counters may be behind, which is also the shortest window
 * @param slowAbove - seconds above which a response is slow, from an earlier part of the same rollout
 */
export function counterProvider(
  name: string,
  lag: number,
  byWeight: boolean,
  read: (signal?: AbortSignal) => Promise<CounterSnapshot>,
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
