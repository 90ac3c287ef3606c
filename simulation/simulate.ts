import { draws } from "./draw";
import { policies } from "./policies";
import { type Outcome, type Policy, rollout, type Scenario } from "./rollout";
import { scenarios } from "./scenarios";

/** What a rule makes of many rollouts of one scenario. */
export interface Result {
  readonly scenario: string;
  readonly policy: string;
  readonly promoted: number;
  readonly rolledBack: number;
  readonly paused: number;
  /** Mean number of bad answers in a rollout. */
  readonly bad: number;
  /** Mean seconds of a rollout. */
  readonly seconds: number;
}

function runMany(scenario: Scenario, policy: Policy, runs: number, seed: number): Result {
  const draw = draws(seed);
  const outcomes = Array.from({ length: runs }, () => rollout(scenario, policy, draw));
  const share = (end: Outcome["end"]) => outcomes.filter((outcome) => outcome.end === end).length / runs;
  const mean = (value: (outcome: Outcome) => number) =>
    outcomes.reduce((sum, outcome) => sum + value(outcome), 0) / runs;
  return {
    scenario: scenario.name,
    policy: policy.name,
    promoted: share("promoted"),
    rolledBack: share("rolled back"),
    paused: share("paused"),
    bad: mean(({ bad }) => bad),
    seconds: mean(({ seconds }) => seconds),
  };
}

/** Every rule on every scenario; the same seed gives the same results. */
export function simulate(runs: number, seed = 1): Result[] {
  return scenarios.flatMap((scenario) => policies.map((policy) => runMany(scenario, policy, runs, seed)));
}
