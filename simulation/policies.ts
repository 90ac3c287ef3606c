import { addCounts, type Counts, noCounts } from "../model/canary/sequential";
import { judge, rules, usualPace } from "../model/canary/verdict";
import { type Policy, weights } from "./rollout";

const successRate = ({ requests, errors }: Counts) => (requests === 0 ? Number.NaN : 1 - errors / requests);

/** This project's rule: a sequential test beside the stable version, looked at as often as the driver does. */
export const sequential: Policy = {
  name: "sequential",
  interval: usualPace.look,
  begin: () => {
    const held = rules(weights.length);
    let window = { stable: noCounts, canary: noCounts };
    return (stable, canary, weight, elapsed) => {
      window = { stable: addCounts(window.stable, stable), canary: addCounts(window.canary, canary) };
      const { outcome } = judge({ ...window, weight }, held);
      if (outcome === "fail") return "rollback";
      if (outcome === "insufficient") return elapsed >= usualPace.patience ? "pause" : "wait";
      window = { stable: noCounts, canary: noCounts };
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
