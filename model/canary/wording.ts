import type { ClassComparison, StepEvidence } from "./comparison";
import { failedRequests, withOverdue } from "./evidence";
import type { OutcomeClass } from "./thresholds";
import { requestsOf } from "./unattributed";

/** A share from 0 to 1 as a person reads it. */
export const percentText = (share: number): string => `${(share * 100).toFixed(share > 0 && share < 0.001 ? 2 : 1)} %`;

export const rateText = (hits: number, n: number): string => percentText(hits / Math.max(1, n));

/** Name of the requests that a class counts. */
const classLabels: Readonly<Record<OutcomeClass, string>> = {
  failures: "failed requests",
  "client-errors": "4xx answers",
  redirects: "3xx answers",
  slow: "slow answers",
};

/** The rates of both versions in one class. */
export function bothRates({ name, stable, canary, baseline }: ClassComparison): string {
  const version2 = rateText(canary.hits, canary.n);
  const { hits, n } = baseline ?? stable;
  const version1 = n === 0 ? "not measured" : `${rateText(hits, n)}${baseline ? " at lower weights" : ""}`;
  return `${classLabels[name]}: version 2 ${version2}, version 1 ${version1}`;
}

/** Rates of the requests without an answer and a known version, now and at the lowest weight. */
export function unansweredText({ measured, weight, baseline }: StepEvidence): string {
  const { requests = 0, unattributed = 0, weight: before = 0 } = baseline?.lowest ?? {};
  return `requests without an answer: ${rateText(measured.unattributed, requestsOf(measured))} at a weight of ${weight} %, ${rateText(unattributed, requests)} at ${before} %`;
}

/** Number of requests whose version is not known, and how many of them version 2 may have got. */
export const unattributedText = (unattributed: number, ofCanary: number): string =>
  `${unattributed} requests got no answer that shows a version; up to ${Math.ceil(ofCanary)} may have been version 2's`;

/** State of a step, for a person who waits for its verdict. */
export function progressLine(step: StepEvidence, { reason }: { readonly reason: string }): string {
  const { weight } = step;
  const measured = withOverdue(step.measured);
  const { stable, canary, unattributed } = measured;
  const requests = requestsOf(measured);
  const failed = (counts: typeof stable) => rateText(failedRequests(counts), counts.requests);
  const lost = unattributed > 0 ? `, ${unattributed} without an answer` : "";
  const share = rateText(canary.requests, requests);
  // at 100 % the reason has what version 1 showed at lower weights
  const beside = stable.requests > 0 && weight < 100 ? `, version 1 ${failed(stable)}` : "";
  return `weight ${weight} %: ${requests} requests${lost}, ${share} of them to version 2, failed ${failed(canary)}${beside}; ${reason}`;
}
