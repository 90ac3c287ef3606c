import { type Counts, noCounts } from "../model/canary/evidence";
import type { Draw } from "./draw";

/** How two versions behave, and how much they are asked. */
export interface Scenario {
  readonly name: string;
  readonly requestsPerSecond: number;
  readonly stable: { readonly errors: number; readonly slow: number };
  readonly canary: { readonly errors: number; readonly slow: number };
  /** Whether requests or their measurements arrive at all. */
  readonly silent?: boolean;
  /** Which of the canary's answers a user would call bad. */
  readonly bad: "errors" | "all" | "none";
}

/** What a rule makes of the last interval. */
export type Move = "wait" | "advance" | "rollback" | "pause";

/** A rule by which a canary moves. */
export interface Policy {
  readonly name: string;
  /** Seconds between two looks. */
  readonly interval: number;
  /** A fresh memory for one rollout. */
  readonly begin: () => (stable: Counts, canary: Counts, weight: number, elapsed: number) => Move;
}

export interface Outcome {
  readonly end: "promoted" | "rolled back" | "paused";
  /** Bad answers of the canary until the end. */
  readonly bad: number;
  readonly seconds: number;
}

export const weights = [5, 25, 50, 100] as const;

/** Seconds from the decision to roll back until no request reaches the canary, the same for every rule. */
const reaction = 3;

/** One rollout of one canary under one rule. */
export function rollout(scenario: Scenario, policy: Policy, draw: Draw): Outcome {
  let [bad, seconds] = [0, 0];
  const { stable, canary, requestsPerSecond, silent } = scenario;
  const look = policy.begin();
  const measure = (requests: number, rates: Scenario["stable"]): Counts =>
    silent
      ? noCounts
      : {
          ...noCounts,
          requests,
          serverErrors: draw(requests, rates.errors),
          slow: draw(requests, rates.slow),
          timed: requests,
        };
  const serve = (requests: number, errors: number) => {
    if (scenario.bad === "all") bad += requests;
    if (scenario.bad === "errors") bad += errors;
  };
  for (const weight of weights) {
    let elapsed = 0;
    for (let move: Move = "wait"; move === "wait"; ) {
      const total = Math.round(requestsPerSecond * policy.interval);
      const share = draw(total, weight / 100);
      const counts = measure(share, canary);
      serve(share, silent ? 0 : counts.serverErrors);
      elapsed += policy.interval;
      seconds += policy.interval;
      move = look(measure(total - share, stable), counts, weight, elapsed);
      if (move === "pause") return { end: "paused", bad, seconds };
      if (move === "rollback") {
        const late = draw(Math.round(requestsPerSecond * reaction), weight / 100);
        serve(late, draw(late, canary.errors));
        return { end: "rolled back", bad, seconds };
      }
    }
  }
  return { end: "promoted", bad, seconds };
}
