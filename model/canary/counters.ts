import { app, type Subset } from "../names";
import type { Counts } from "./evidence";

/** What one place has counted of one version since its counters began. Each number only grows. */
export interface Tally {
  /** Answers by the first digit of their status, from "1" to "5". */
  readonly answers: Readonly<Record<string, number>>;
  /** Requests that ended before their answer was complete because the client or the gateway gave up. */
  readonly aborted: number;
  /** Those of them that the gateway answered with 504, which are in `answers` too. */
  readonly timeouts: number;
  /** Answers that the version cut off after their status, which are in `answers` too. */
  readonly cutOff: number;
  /** Answers by the milliseconds that they took at most. Each bound holds those below it too, as in a Prometheus histogram. */
  readonly within: Readonly<Record<string, number>>;
}

export type Tallies = Readonly<Record<Subset, Tally>>;

/** Counters by the place that keeps them, such as a gateway's pod. */
export type Snapshot = ReadonlyMap<string, Tallies>;

/** Counters that began anew between two looks: what they had counted is lost, so nothing follows from the rest. */
export class CounterReset extends Error {
  override name = "CounterReset";
}

export const noTally: Tally = { answers: {}, aborted: 0, timeouts: 0, cutOff: 0, within: {} };
export const noTallies: Tallies = { v1: noTally, v2: noTally };

type Numbers = Readonly<Record<string, number>>;

function sumOf(a: Numbers, b: Numbers, sign = 1): Numbers {
  const keys = [...new Set([...Object.keys(a), ...Object.keys(b)])];
  return Object.fromEntries(keys.map((key) => [key, (a[key] ?? 0) + sign * (b[key] ?? 0)]));
}

const combined = (a: Tally, b: Tally, sign: 1 | -1): Tally => ({
  answers: sumOf(a.answers, b.answers, sign),
  aborted: a.aborted + sign * b.aborted,
  timeouts: a.timeouts + sign * b.timeouts,
  cutOff: a.cutOff + sign * b.cutOff,
  within: sumOf(a.within, b.within, sign),
});

export const addTallies = (a: Tally, b: Tally): Tally => combined(a, b, 1);

/** A histogram's bound as every Prometheus writes it: version 3 has "5.0" where version 2 has "5". */
export const boundOf = (le: string): string => (le === "+Inf" ? le : String(Number(le)));

/** Counters that went down. Those of a histogram may come before or after the others, and are checked too. */
const wentDown = ({ answers, aborted, timeouts, cutOff, within }: Tally): boolean =>
  [...Object.values(answers), aborted, timeouts, cutOff, ...Object.values(within)].some((value) => value < 0);

const answersOf = ({ answers }: Tally): number => Object.values(answers).reduce((sum, value) => sum + value, 0);

/**
 * What was counted between two looks, over all places. A place that is new began at nothing.
 *
 * @throws CounterReset when a place is gone or counts less than before, since what it knew is lost
 */
export function delta(before: Snapshot, after: Snapshot): Tallies {
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
      sum = addTallies(sum, added);
    }
    return sum;
  };
  const [v1, v2] = app.subsets;
  return { v1: total(v1), v2: total(v2) };
}

/** The least bound in milliseconds that nine of ten answers kept to. Undefined when there are too few to say. */
export function usualBound({ within }: Tally, atLeast = 50): number | undefined {
  const answers = Math.max(0, ...Object.values(within));
  const bounds = Object.keys(within)
    .map(Number)
    .filter((bound) => Number.isFinite(bound) && (within[bound] ?? 0) >= answers * 0.9);
  return answers < atLeast || bounds.length === 0 ? undefined : Math.min(...bounds);
}

/** A tally as a verdict takes it. Slow is whatever took longer than the bound; without one nothing was timed. */
export function countsOf(tally: Tally, bound: number | undefined): Counts {
  const { answers, aborted, timeouts, cutOff, within } = tally;
  const givenUp = Math.max(0, aborted - timeouts);
  const requests = answersOf(tally) + givenUp;
  const timed = bound === undefined ? 0 : Math.max(0, ...Object.values(within));
  return {
    requests,
    serverErrors: answers["5"] ?? 0,
    clientErrors: answers["4"] ?? 0,
    redirects: answers["3"] ?? 0,
    noAnswer: Math.min(requests - (answers["5"] ?? 0), givenUp + cutOff),
    slow: bound === undefined ? 0 : timed - (within[bound] ?? timed),
    timed,
  };
}
