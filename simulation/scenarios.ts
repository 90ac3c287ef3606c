import type { Scenario } from "./rollout";

/** Share of failed answers of a healthy service. */
const usual = 0.001;
/** Share of answers above the threshold for slow, which is the stable version's 90th percentile. */
const slow = 0.1;
/** The same share when every answer takes half as long again, for log-normal times with a deviation of 0.5. */
const slowByHalf = 0.319;

const scenario = (name: string, canary: Partial<Scenario["canary"]>, rest: Partial<Scenario> = {}): Scenario => ({
  name,
  requestsPerSecond: 200,
  stable: { errors: usual, slow },
  canary: { errors: usual, slow, ...canary },
  bad: "errors",
  ...rest,
});

export const scenarios: readonly Scenario[] = [
  scenario("no difference", {}, { bad: "none" }),
  scenario("0.5 % errors", { errors: 0.005 }),
  scenario("1 % errors", { errors: 0.01 }),
  scenario("5 % errors", { errors: 0.05 }),
  scenario("50 % errors", { errors: 0.5 }),
  scenario("slower by half", { slow: slowByHalf }, { bad: "all" }),
  scenario("silent", {}, { silent: true, bad: "none" }),
  scenario("both 20 % errors", { errors: 0.2 }, { stable: { errors: 0.2, slow }, bad: "none" }),
];
