import { app, type Subset } from "../names";
import type { Counts } from "./evidence";

/** What has been counted of one version since a counter began. */
export interface Tally {
  readonly requests: number;
  readonly errors: number;
  /** Answers by the milliseconds that they took at most; each bound holds those below it too, as in a Prometheus histogram. */
  readonly within: Readonly<Record<string, number>>;
}

export type Tallies = Readonly<Record<Subset, Tally>>;

/** Counters by the place that keeps them, such as a gateway's pod. */
export type Snapshot = ReadonlyMap<string, Tallies>;

/** Counters that began anew between two looks: what they had counted is lost, so nothing follows from the rest. */
export class CounterReset extends Error {
  override name = "CounterReset";
}

export const noTally: Tally = { requests: 0, errors: 0, within: {} };

export const addTallies = (a: Tally, b: Tally): Tally => ({
  requests: a.requests + b.requests,
  errors: a.errors + b.errors,
  within: sumOf(a.within, b.within),
});

function sumOf(a: Tally["within"], b: Tally["within"], sign = 1): Tally["within"] {
  const bounds = [...new Set([...Object.keys(a), ...Object.keys(b)])];
  return Object.fromEntries(bounds.map((bound) => [bound, (a[bound] ?? 0) + sign * (b[bound] ?? 0)]));
}

/**
 * What was counted between two looks, over all places.
 *
 * A place that is new began at nothing. One that is gone, or counts less than before, took what it knew with it.
 *
 * @throws CounterReset
 */
export function between(before: Snapshot, after: Snapshot): Tallies {
  for (const place of before.keys()) if (!after.has(place)) throw new CounterReset(`${place} is gone`);
  const total = (subset: Subset): Tally => {
    let sum = noTally;
    for (const [place, tallies] of after) {
      const [then, now] = [before.get(place)?.[subset] ?? noTally, tallies[subset]];
      if (now.requests < then.requests || now.errors < then.errors)
        throw new CounterReset(`${place} counts anew: ${now.requests} requests of ${subset}, ${then.requests} before`);
      sum = addTallies(sum, {
        requests: now.requests - then.requests,
        errors: now.errors - then.errors,
        within: sumOf(now.within, then.within, -1),
      });
    }
    return sum;
  };
  const [v1, v2] = app.subsets;
  return { v1: total(v1), v2: total(v2) };
}

/** The least bound in milliseconds that nine of ten answers kept to; undefined where there are too few to say. */
export function usualBound({ within }: Tally, atLeast = 50): number | undefined {
  const answers = Math.max(0, ...Object.values(within));
  const bounds = Object.keys(within)
    .map(Number)
    .filter((bound) => Number.isFinite(bound) && (within[bound] ?? 0) >= answers * 0.9);
  return answers < atLeast || bounds.length === 0 ? undefined : Math.min(...bounds);
}

/** A tally as a verdict takes it: slow is whatever took longer than the bound, and without one nothing was timed. */
export function countsOf({ requests, errors, within }: Tally, bound: number | undefined): Counts {
  const classes = { requests, serverErrors: errors, clientErrors: 0, redirects: 0, noAnswer: 0 };
  if (bound === undefined) return { ...classes, slow: 0, timed: 0 };
  const timed = Math.max(0, ...Object.values(within));
  return { ...classes, slow: timed - (within[bound] ?? timed), timed };
}
