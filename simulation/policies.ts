import { addMeasurements, type Counts, failures, noMeasurement } from "../model/canary/evidence";
import { judge, rules, usualPace } from "../model/canary/verdict";
import { type Policy, weights } from "./rollout";

const successRate = (counts: Counts) => (counts.requests === 0 ? Number.NaN : 1 - failures(counts) / counts.requests);

/** This project's rule: a sequential test beside the stable version, looked at as often as the driver does. */
export const sequential: Policy = {
  name: "sequential",
  interval: usualPace.interval,
  begin: () => {
    const held = rules(weights.length);
    let measured = noMeasurement;
    return (stable, canary, weight, elapsed) => {
      measured = addMeasurements(measured, { stable, canary, unattributed: 0 });
      const { outcome } = judge({ measured, weight }, held);
      if (outcome === "fail") return "rollback";
      if (outcome === "insufficient") return elapsed >= usualPace.stepTimeout ? "pause" : "wait";
      measured = noMeasurement;
      return "advance";
    };
  },
};

/**
 * Flagger's canary analysis with its documented values: a look every minute, at least 99 % of requests successful, five
 * failed looks roll back, no traffic halts the advance (https://docs.flagger.app/usage/how-it-works#canary-analysis).
 */
export const flagger: Policy = {
  name: "Flagger",
  interval: 60,
  begin: () => {
    let failed = 0;
    return (_stable, canary) => {
      if (successRate(canary) >= 0.99) return "advance";
      failed++;
      return failed >= 5 ? "rollback" : "wait";
    };
  },
};

/**
 * Argo Rollouts' analysis with its documented success rate of at least 95 % and its default `failureLimit` of 0, one
 * measurement a minute and step; a measurement without data is inconclusive, which pauses
 * (https://argo-rollouts.readthedocs.io/en/stable/features/analysis/).
 */
export const argo: Policy = {
  name: "Argo Rollouts",
  interval: 60,
  begin: () => (_stable, canary) => {
    const rate = successRate(canary);
    if (Number.isNaN(rate)) return "pause";
    return rate >= 0.95 ? "advance" : "rollback";
  },
};

export const policies: readonly Policy[] = [sequential, flagger, argo];
