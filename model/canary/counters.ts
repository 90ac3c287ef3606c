import { app, type Subset } from "../names";

/** Counts of one version at one place since its counters were reset. Each only grows, except `active`. */
export interface Tally {
  /** Answers by the first digit of their status, from "1" to "5". */
  readonly answers: Readonly<Record<string, number>>;
  /** Requests that ended before their answer was complete because the client or the gateway gave up. */
  readonly aborted: number;
  /** The same in HTTP/2, where the gateway resets the stream and keeps the connection. */
  readonly resetsSent: number;
  /** Requests among both that the gateway answered with 504, which are in `answers` too. */
  readonly timeouts: number;
  /** Answers that the version cut off after their status, which are in `answers` too. */
  readonly cutOff: number;
  /** Streams that the version reset in HTTP/2. The gateway answers those without a status with 503, which is in `answers` too. */
  readonly resetsReceived: number;
  /** Answers by the milliseconds that they took at most. Each bound includes those below it, as in a Prometheus histogram. */
  readonly within: Readonly<Record<string, number>>;
  /** Sum of the milliseconds that all answers took. */
  readonly milliseconds: number;
  /** Requests under way now. No other count includes them yet. */
  readonly active: number;
}

export type Tallies = Readonly<Record<Subset, Tally>>;

/** Counters by the place that keeps them, such as a gateway's pod. */
export type CounterSnapshot = ReadonlyMap<string, Tallies>;

/** Error for counters that were reset between two measurements. Their earlier counts are lost, so no difference is valid. */
export class CounterReset extends Error {
  override name = "CounterReset";
}

const single = ["aborted", "resetsSent", "timeouts", "cutOff", "resetsReceived", "milliseconds"] as const;

export const noTally: Tally = {
  answers: {},
  aborted: 0,
  resetsSent: 0,
  timeouts: 0,
  cutOff: 0,
  resetsReceived: 0,
  within: {},
  milliseconds: 0,
  active: 0,
};
export const noTallies: Tallies = { v1: noTally, v2: noTally };

type Numbers = Readonly<Record<string, number>>;

function sumOf(a: Numbers, b: Numbers, sign = 1): Numbers {
  const keys = [...new Set([...Object.keys(a), ...Object.keys(b)])];
  return Object.fromEntries(keys.map((key) => [key, (a[key] ?? 0) + sign * (b[key] ?? 0)]));
}

const combined = (a: Tally, b: Tally, sign: 1 | -1): Omit<Tally, "active"> => ({
  ...(Object.fromEntries(single.map((key) => [key, a[key] + sign * b[key]])) as Pick<Tally, (typeof single)[number]>),
  answers: sumOf(a.answers, b.answers, sign),
  within: sumOf(a.within, b.within, sign),
});

export const addTallies = (a: Tally, b: Tally): Tally => ({ ...combined(a, b, 1), active: a.active + b.active });

/** Bound of a histogram in one form: version 3 of Prometheus writes "5.0" where version 2 writes "5". */
export const boundOf = (le: string): string => (le === "+Inf" ? le : String(Number(le)));

/** True if any counter went down, also one of the histogram, which may be reset before or after the others. */
const isReset = (added: Omit<Tally, "active">): boolean =>
  [...single.map((key) => added[key]), ...Object.values(added.answers), ...Object.values(added.within)].some(
    (value) => value < 0,
  );

export const answersOf = ({ answers }: Pick<Tally, "answers">): number =>
  Object.values(answers).reduce((sum, value) => sum + value, 0);

/**
 * Counts that were added between two measurements, over all places. A new place began at 0. `active` is the
 * number of requests that were under way at both measurements.
 *
 * @throws CounterReset when a place is gone or counts less than before, since its earlier counts are lost
 */
export function delta(before: CounterSnapshot, after: CounterSnapshot): Tallies {
  for (const place of before.keys()) if (!after.has(place)) throw new CounterReset(`${place} is gone`);
  const total = (subset: Subset): Tally => {
    let sum = noTally;
    for (const [place, tallies] of after) {
      const [earlier, later] = [before.get(place)?.[subset] ?? noTally, tallies[subset]];
      const added = combined(later, earlier, -1);
      if (isReset(added))
        throw new CounterReset(
          `${place} counts anew: ${answersOf(later)} answers of ${subset}, ${answersOf(earlier)} before`,
        );
      sum = addTallies(sum, { ...added, active: Math.min(earlier.active, later.active) });
    }
    return sum;
  };
  const [v1, v2] = app.subsets;
  return { v1: total(v1), v2: total(v2) };
}
