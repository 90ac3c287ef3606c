import { binomialDraws } from "./draw";
import { policies } from "./policies";
import { type Outcome, type Policy, rollout } from "./rollout";
import { type Scenario, scenarios } from "./scenarios";

/** Weights of a rollout, and its traffic in requests a second. */
export interface Setting {
  readonly steps: readonly number[];
  readonly perSecond: number;
}

/** Each step list with each traffic. */
export const settings: readonly Setting[] = [
  [5, 25, 50, 100],
  [1, 99],
  [50, 100],
].flatMap((steps) => [200, 20, 5].map((perSecond) => ({ steps, perSecond })));

/** Outcome of many rollouts of one scenario by one rule. */
export interface Result extends Setting {
  readonly scenario: Scenario;
  readonly policy: string;
  readonly promoted: number;
  readonly rolledBack: number;
  readonly paused: number;
  /** Mean number of requests in a rollout that the stable version would have answered better. */
  readonly bad: number;
  /** Mean seconds of a rollout. */
  readonly seconds: number;
}

/** Simulates many rollouts of one scenario. The same seed returns the same result. */
export function runMany(scenario: Scenario, policy: Policy, setting: Setting, runs: number, seed = 1): Result {
  const draw = binomialDraws(seed);
  const outcomes = Array.from({ length: runs }, () => rollout(scenario, policy, setting, draw));
  const share = (end: Outcome["end"]) => outcomes.filter((outcome) => outcome.end === end).length / runs;
  const mean = (value: (outcome: Outcome) => number) =>
    outcomes.reduce((sum, outcome) => sum + value(outcome), 0) / runs;
  return {
    ...setting,
    scenario,
    policy: policy.name,
    promoted: share("promoted"),
    rolledBack: share("rolled back"),
    paused: share("paused"),
    bad: mean(({ bad }) => bad),
    seconds: mean(({ seconds }) => seconds),
  };
}

/** Every rule on every scenario in one setting. */
export const simulate = (runs: number, setting: Setting): Result[] =>
  scenarios.flatMap((scenario) => policies.map((policy) => runMany(scenario, policy, setting, runs, 1)));
