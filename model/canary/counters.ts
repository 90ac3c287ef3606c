import { app, type Subset } from "../names";

/** Numbers that one place has counted of one version since its counters began. Each only grows, but for `active`. */
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
  /** Answers by the milliseconds that they took at most. Each bound holds those below it too, as in a Prometheus histogram. */
  readonly within: Readonly<Record<string, number>>;
  /** Sum of the milliseconds that all answers took. */
  readonly milliseconds: number;
  /** Requests under way now, of which nothing is counted yet. */
  readonly active: number;
}

export type Tallies = Readonly<Record<Subset, Tally>>;

/** Counters by the place that keeps them, such as a gateway's pod. */
export type CounterSnapshot = ReadonlyMap<string, Tallies>;

/** Counters that began anew between two looks: what they had counted is lost, so nothing follows from the rest. */
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

/** A histogram's bound as every Prometheus writes it: version 3 has "5.0" where version 2 has "5". */
export const boundOf = (le: string): string => (le === "+Inf" ? le : String(Number(le)));

/** Counters that went down. Those of a histogram may come before or after the others, and are checked too. */
const wentDown = (added: Omit<Tally, "active">): boolean =>
  [...single.map((key) => added[key]), ...Object.values(added.answers), ...Object.values(added.within)].some(
    (value) => value < 0,
  );

export const answersOf = ({ answers }: Pick<Tally, "answers">): number =>
  Object.values(answers).reduce((sum, value) => sum + value, 0);

/**
 * Numbers that were added between two looks, over all places. A place that is new began at nothing. `active` is the
 * number of requests that were under way at both looks.
 *
 * @throws CounterReset when a place is gone or counts less than before, since what it knew is lost
 */
export function delta(before: CounterSnapshot, after: CounterSnapshot): Tallies {
  for (const place of before.keys()) if (!after.has(place)) throw new CounterReset(`${place} is gone`);
  const total = (subset: Subset): Tally => {
    let sum = noTally;
    for (const [place, tallies] of after) {
      const [then, now] = [before.get(place)?.[subset] ?? noTally, tallies[subset]];
      const added = combined(now, then, -1);
      if (wentDown(added))
        throw new CounterReset(
          `${place} counts anew: ${answersOf(now)} answers of ${subset}, ${answersOf(then)} before`,
        );
      sum = addTallies(sum, { ...added, active: Math.min(then.active, now.active) });
    }
    return sum;
  };
  const [v1, v2] = app.subsets;
  return { v1: total(v1), v2: total(v2) };
}
