import { addCounts, addMeasurements, noCounts, noMeasurement, type RequestCounts } from "../model/canary/evidence";
import { judgeCanary, judgeWarmUp, rulesOfStep, usualPace, warmUpRequests } from "../model/canary/verdict";
import type { Move, ObservedInterval, Policy } from "./rollout";

/** This project's rule, with the same pace as `npm run rollout`. */
export const sequential: Policy = {
  name: "this project",
  interval: usualPace.interval,
  baseline: true,
  // the gateway has waited for it from one look to the next
  hangSeconds: 9,
  begin: (steps) => {
    const [first] = steps;
    const thresholds = new Map(steps.map((weight) => [weight, rulesOfStep(steps, weight)]));
    let [step, earlier, before] = [noMeasurement, noCounts, { weight: 0, requests: 0, unattributed: 0 }];
    let warmUpSeconds = 0;
    let warm = false;
    const advance = (): Move => {
      earlier = addCounts(earlier, step.stable);
      step = noMeasurement;
      return "advance";
    };
    return ({ measured, weight, elapsed }: ObservedInterval) => {
      step = addMeasurements(step, measured);
      if (weight === 0) {
        if (elapsed < usualPace.baseline) return "wait";
        before = { ...before, requests: step.stable.requests + step.unattributed, unattributed: step.unattributed };
        return advance();
      }
      const stepRules = thresholds.get(weight) ?? rulesOfStep(steps);
      const baseline = before.requests + earlier.requests > 0 ? { stable: earlier, lowest: before } : undefined;
      if (weight === first && !warm) {
        if (judgeWarmUp({ measured: step, weight, baseline }, stepRules).outcome === "fail") return "rollback";
        warm = elapsed >= usualPace.warmUp && step.canary.requests >= warmUpRequests;
        if (!warm) return elapsed >= usualPace.stepTimeout ? "pause" : "wait";
        [step, warmUpSeconds] = [noMeasurement, elapsed];
        return "wait";
      }
      // nothing of the canary is new, so that neither is the verdict
      if (measured.canary.requests + measured.unattributed > 0) {
        const { outcome } = judgeCanary({ measured: step, weight, baseline }, stepRules);
        if (outcome === "fail") return "rollback";
        if (outcome === "pass") return advance();
      }
      const counted = weight === first ? elapsed - warmUpSeconds : elapsed;
      return counted >= usualPace.stepTimeout ? "pause" : "wait";
    };
  },
};

/** Share of requests that Istio's metrics call successful: whatever is no 5xx, also a client that gave up. */
const successRate = ({ requests, serverErrors }: RequestCounts) =>
  requests === 0 ? Number.NaN : 1 - serverErrors / requests;

/** All that Istio's metrics know of the canary; they name the version also where a probe cannot. */
const ofCanary = ({ measured, weight }: ObservedInterval): RequestCounts => {
  const { canary, unattributed } = measured;
  const noAnswer = canary.noAnswer + (weight > 0 ? unattributed : 0);
  return { ...canary, requests: canary.requests + noAnswer - canary.noAnswer, noAnswer };
};

/**
 * Flagger's canary analysis with its documented values: a look every minute, at least 99 % of requests successful, 99 %
 * of them within half a second, five failed looks roll back (https://docs.flagger.app/usage/how-it-works#canary-analysis).
 */
const flagger: Policy = {
  name: "Flagger",
  interval: 60,
  baseline: false,
  begin: () => {
    let failed = 0;
    return (interval) => {
      const counts = ofCanary(interval);
      const late = interval.hangs ? counts.noAnswer / counts.requests : 0;
      if (successRate(counts) >= 0.99 && late <= 0.01) return "advance";
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
const argo: Policy = {
  name: "Argo Rollouts",
  interval: 60,
  baseline: false,
  begin: () => (interval) => {
    const rate = successRate(ofCanary(interval));
    if (Number.isNaN(rate)) return "pause";
    return rate >= 0.95 ? "advance" : "rollback";
  },
};

export const policies: readonly Policy[] = [sequential, flagger, argo];
