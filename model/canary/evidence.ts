/**
 * Requests of one version in one window, by class of outcome.
 *
 * Every request is in `requests` and in at most one of `serverErrors`, `clientErrors`, `redirects` and `noAnswer`. `slow`
 * and `timed` describe how long the answers took, whatever their class.
 */
export interface RequestCounts {
  /** Requests that were routed to the version, answered or not. */
  readonly requests: number;
  /** Answers with a status from 500 to 599, also those that the gateway sent because the version did not answer. */
  readonly serverErrors: number;
  /** Answers with a status from 400 to 499. */
  readonly clientErrors: number;
  /** Answers with a status from 300 to 399. */
  readonly redirects: number;
  /** Requests without a complete answer: timed out, reset, cut off, or given up by the client. */
  readonly noAnswer: number;
  /** Answers that took longer than the threshold, which is the same for both versions. */
  readonly slow: number;
  /** Answers whose time was compared with the threshold. */
  readonly timed: number;
}

/** Counts of a window in which nothing was measured. */
export const noCounts: RequestCounts = {
  requests: 0,
  serverErrors: 0,
  clientErrors: 0,
  redirects: 0,
  noAnswer: 0,
  slow: 0,
  timed: 0,
};

/** Counts of two windows of the same version together. */
export const addCounts = (a: RequestCounts, b: RequestCounts): RequestCounts => ({
  requests: a.requests + b.requests,
  serverErrors: a.serverErrors + b.serverErrors,
  clientErrors: a.clientErrors + b.clientErrors,
  redirects: a.redirects + b.redirects,
  noAnswer: a.noAnswer + b.noAnswer,
  slow: a.slow + b.slow,
  timed: a.timed + b.timed,
});

/** Requests that failed: answered with 5xx, or not answered completely. */
export const failedRequests = ({ serverErrors, noAnswer }: RequestCounts): number => serverErrors + noAnswer;

/** Both versions over the same seconds, as a metrics provider measures them. */
export interface Measurement {
  readonly stable: RequestCounts;
  readonly canary: RequestCounts;
  /** Requests without an answer whose version is not known, such as probes that timed out; in neither of the counts. */
  readonly unattributed: number;
  /** Milliseconds above which an answer is slow. Undefined while too few answers were timed. */
  readonly slowAbove?: number;
  /** Requests that wait for their answer since before the window, in none of the counts until they end. Those that began before the first window of a step are left out. */
  readonly overdue?: { readonly stable: number; readonly canary: number };
}

/** Measurement of a window in which nothing was measured. */
export const noMeasurement: Measurement = { stable: noCounts, canary: noCounts, unattributed: 0 };

/** Measurements of two windows at the same weight together, the earlier one first. */
export function addMeasurements(a: Measurement, b: Measurement): Measurement {
  const slowAbove = b.slowAbove ?? a.slowAbove;
  return {
    stable: addCounts(a.stable, b.stable),
    canary: addCounts(a.canary, b.canary),
    unattributed: a.unattributed + b.unattributed,
    ...(slowAbove !== undefined && { slowAbove }),
    // those of the earlier window have ended since, or wait still
    ...(b.overdue && { overdue: b.overdue }),
  };
}

/** Counts with more requests that stayed without an answer. */
export const withUnanswered = (counts: RequestCounts, unanswered: number): RequestCounts => ({
  ...counts,
  requests: counts.requests + unanswered,
  noAnswer: counts.noAnswer + unanswered,
});

/** A measurement in which requests that are overdue count as requests without an answer. */
export const withOverdue = <Measured extends Pick<Measurement, "stable" | "canary" | "overdue">>(
  measured: Measured,
): Measured => ({
  ...measured,
  stable: withUnanswered(measured.stable, measured.overdue?.stable ?? 0),
  canary: withUnanswered(measured.canary, measured.overdue?.canary ?? 0),
});

/** Evidence of earlier windows, in which version 2 had less weight than now. */
export interface Baseline {
  /** The stable version in all of them. */
  readonly stable: RequestCounts;
  /** All requests at the lowest weight that was measured, and how many of them had no answer and no known version. */
  readonly lowest: { readonly weight: number; readonly requests: number; readonly unattributed: number };
}

/** A measurement with the weight at which it was made. */
export type WeightedMeasurement = Measurement & { readonly weight: number };

/** Baseline for a step from all measurements of the same rollout. Undefined when none was made at a lower weight. */
export function baselineOf(measurements: readonly WeightedMeasurement[], weight: number): Baseline | undefined {
  const earlier = measurements.filter((measurement) => measurement.weight < weight);
  if (earlier.length === 0) return undefined;
  const lowest = Math.min(...earlier.map((measurement) => measurement.weight));
  const first = earlier.filter((measurement) => measurement.weight === lowest).reduce(addMeasurements, noMeasurement);
  return {
    stable: earlier.map(({ stable }) => stable).reduce(addCounts, noCounts),
    lowest: {
      weight: lowest,
      requests: first.stable.requests + first.canary.requests + first.unattributed,
      unattributed: first.unattributed,
    },
  };
}
