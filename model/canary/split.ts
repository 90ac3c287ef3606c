import type { Measurement } from "./evidence";
import { requestsOf } from "./unattributed";

/** Standard errors beyond which a split is no chance: one in 100,000. */
const deviations = 4.42;
/** Part of the requests that the stable version may still answer at 100 %: those that began before. */
const stragglers = 0.01;

/** Requests of the canary that the weight leads to expect, and by how many the split of `requests` may differ from that. */
function expectation(requests: number, weight: number) {
  const share = weight / 100;
  const chance = deviations * Math.sqrt(requests * share * (1 - share));
  return { expected: requests * share, allowed: chance + (weight === 100 ? requests * stragglers : 0) };
}

/**
 * True if the canary got more requests than the weight explains.
 *
 * A stable version that leaves requests unanswered lacks their answers, so all requests count.
 */
export function hasTooMany(measured: Measurement, weight: number, splitFrom: number): boolean {
  const requests = requestsOf(measured);
  const { expected, allowed } = expectation(requests, weight);
  return requests >= splitFrom && measured.canary.requests > expected + allowed;
}

/**
 * True if the canary got fewer requests than the weight explains.
 *
 * Only requests of known version count: the others would explain the gap, and a canary that loses requests is not healthy.
 */
export function hasTooFew({ stable, canary }: Measurement, weight: number, splitFrom: number): boolean {
  const requests = stable.requests + canary.requests;
  const { expected, allowed } = expectation(requests, weight);
  return requests >= splitFrom && canary.requests < expected - allowed;
}
