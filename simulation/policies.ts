import type { Counts } from "../model/sequential";
import { judge, rules } from "../model/verdict";
import { type Policy, weights } from "./rollout";

const none: Counts = { requests: 0, errors: 0, slow: 0 };
const sum = (a: Counts, b: Counts): Counts => ({
  requests: a.requests + b.requests,
  errors: a.errors + b.errors,
  slow: a.slow + b.slow,
});
const successRate = ({ requests, errors }: Counts) => (requests === 0 ? Number.NaN : 1 - errors / requests);

/** Seconds after which a step that did not decide pauses the rollout. */
const patience = 600;

/** This project's rule: a sequential test beside the stable version, looked at every two seconds. */
export const sequential: Policy = {
  name: "sequential",
  interval: 2,
  begin: () => {
    const held = rules(weights.length);
    let window = { stable: none, canary: none };
    return (stable, canary, weight, elapsed) => {
      window = { stable: sum(window.stable, stable), canary: sum(window.canary, canary) };
      const { outcome } = judge({ ...window, weight }, held);
      if (outcome === "fail") return "rollback";
      if (outcome === "insufficient") return elapsed >= patience ? "pause" : "wait";
      window = { stable: none, canary: none };
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
