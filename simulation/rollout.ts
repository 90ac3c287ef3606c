import { type Measurement, noCounts, noMeasurement, type RequestCounts } from "../model/canary/evidence";
import type { BinomialDraw } from "./draw";
import type { Behaviour, Scenario } from "./scenarios";

/** Decision of a rule after an interval. */
export type Move = "wait" | "advance" | "rollback" | "pause";

/** One interval as a rule sees it. */
export interface ObservedInterval {
  readonly measured: Measurement;
  readonly weight: number;
  /** Seconds since the step began. */
  readonly elapsed: number;
  /** True if requests without an answer last for seconds. */
  readonly hangs: boolean;
}

/** A rule by which a canary moves. */
export interface Policy {
  readonly name: string;
  /** Seconds between two looks. */
  readonly interval: number;
  /** True if it measures before the first step, at weight 0. */
  readonly baseline: boolean;
  /** Seconds after which a request that hangs counts, if that is not when its client gives up. */
  readonly hangSeconds?: number;
  /** A fresh memory for one rollout. */
  readonly begin: (steps: readonly number[]) => (look: ObservedInterval) => Move;
}

export interface Outcome {
  readonly end: "promoted" | "rolled back" | "paused";
  /** Requests that the stable version would have answered better, until the end. */
  readonly bad: number;
  readonly seconds: number;
}

/** Seconds from the decision to roll back until no request reaches the canary, the same for every rule. */
const reaction = 3;
/** Seconds after which a client gives up on a request that hangs. */
const clientPatience = 5;

function countsOf(requests: number, rates: Behaviour, draw: BinomialDraw): RequestCounts {
  const serverErrors = draw(requests, rates.serverErrors);
  const clientErrors = draw(requests - serverErrors, rates.clientErrors);
  const noAnswer = draw(requests - serverErrors - clientErrors, rates.noAnswer);
  const timed = requests - noAnswer;
  return { ...noCounts, requests, serverErrors, clientErrors, noAnswer, timed, slow: draw(timed, rates.slow) };
}

/** One rollout of one canary under one rule. */
export function rollout(
  scenario: Scenario,
  policy: Policy,
  { steps, perSecond }: { readonly steps: readonly number[]; readonly perSecond: number },
  draw: BinomialDraw,
): Outcome {
  const { stable, canary, fromWeight = 0, cold, unattributed = false, hangs = false, silent } = scenario;
  let [bad, seconds, answered] = [0, 0, 0];
  const decide = policy.begin(steps);
  const canaryCounts = (requests: number, weight: number): RequestCounts => {
    const counts = countsOf(requests, weight > fromWeight ? canary : stable, draw);
    const still = (first: number) => Math.max(0, Math.min(requests, first - answered));
    const [slow, failing] = cold ? [still(cold.slow), still(cold.failing)] : [0, 0];
    answered += requests;
    return { ...counts, slow: Math.max(counts.slow, slow), serverErrors: Math.max(counts.serverErrors, failing) };
  };
  const measure = (total: number, weight: number): Measurement => {
    const requests = draw(total, weight / 100);
    bad += weight > fromWeight ? requests * scenario.harm : 0;
    if (silent) return noMeasurement;
    const [ofStable, ofCanary] = [countsOf(total - requests, stable, draw), canaryCounts(requests, weight)];
    if (!unattributed) return { stable: ofStable, canary: ofCanary, unattributed: 0 };
    const known = (counts: RequestCounts) => ({ ...counts, requests: counts.requests - counts.noAnswer, noAnswer: 0 });
    return { stable: known(ofStable), canary: known(ofCanary), unattributed: ofStable.noAnswer + ofCanary.noAnswer };
  };
  for (const weight of policy.baseline ? [0, ...steps] : steps) {
    let elapsed = 0;
    for (let move: Move = "wait"; move === "wait"; ) {
      const measured = measure(Math.round(perSecond * policy.interval), weight);
      elapsed += policy.interval;
      seconds += policy.interval;
      move = decide({ measured, weight, elapsed, hangs });
      if (move === "pause") return { end: "paused", bad, seconds };
      if (move === "rollback") {
        const wait = !hangs ? 0 : unattributed ? clientPatience : (policy.hangSeconds ?? clientPatience);
        const late = perSecond * (reaction + wait) * (weight / 100);
        return { end: "rolled back", bad: bad + late * scenario.harm, seconds };
      }
    }
  }
  return { end: "promoted", bad, seconds };
}
