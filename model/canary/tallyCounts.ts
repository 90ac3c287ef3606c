import { answersOf, type Tally } from "./counters";
import type { RequestCounts } from "./evidence";

/** Answers from which the 90th percentile is computed. */
const minimumAnswers = 50;

/** Least bound of the histogram, in milliseconds, below which nine of ten answers lie. Undefined for too few answers. */
export function p90Bound({ within }: Tally): number | undefined {
  const answers = Math.max(0, ...Object.values(within));
  const bounds = Object.keys(within)
    .map(Number)
    .filter((bound) => Number.isFinite(bound) && (within[bound] ?? 0) >= answers * 0.9);
  return answers < minimumAnswers || bounds.length === 0 ? undefined : Math.min(...bounds);
}

/**
 * Counts of the requests that ended in a window.
 *
 * An HTTP/1.1 client that gives up closes a connection, an HTTP/2 client resets a stream, and an Envoy that counts both
 * counts one request twice, so the larger number is taken. A stream that the version reset before its status is in the
 * answers as a 503.
 *
 * @param bound - milliseconds above which an answer is slow. Without one, nothing was timed
 */
export function countsOf(tally: Tally, bound: number | undefined): RequestCounts {
  const { answers, aborted, resetsSent, timeouts, cutOff, resetsReceived, within } = tally;
  const serverErrors = answers["5"] ?? 0;
  const givenUp = Math.max(0, Math.max(aborted, resetsSent) - timeouts);
  const requests = answersOf(tally) + givenUp;
  const timed = bound === undefined ? 0 : Math.max(0, ...Object.values(within));
  const brokenOff = cutOff + Math.max(0, resetsReceived - serverErrors);
  return {
    requests,
    serverErrors,
    clientErrors: answers["4"] ?? 0,
    redirects: answers["3"] ?? 0,
    noAnswer: Math.min(requests - serverErrors, givenUp + brokenOff),
    slow: bound === undefined ? 0 : timed - (within[bound] ?? timed),
    timed,
  };
}

/** Standard deviations by which the number of requests under way may exceed its mean. */
const deviations = 4;

/**
 * Requests that were under way during the whole window, beyond those that the usual time of an answer accounts for.
 *
 * By Little's law (https://en.wikipedia.org/wiki/Little%27s_law) the mean number of requests under way is the sum of
 * their times, divided by the time of the window.
 */
export function overdueOf({ active, milliseconds }: Tally, seconds: number): number {
  const usual = milliseconds / (1000 * seconds);
  return Math.max(0, Math.floor(active - usual - deviations * Math.sqrt(usual)));
}
