import { baselineOf, type Counts, noCounts } from "../canary/evidence";
import { judge, rules, type Verdict } from "../canary/verdict";
import type { StepMeasurement } from "./journal";
import { steps } from "./plan";

/** Requests of a measurement together. How long they took does not count: pods that start make every answer slower. */
function countsOf({ ingress, mesh }: StepMeasurement): Counts {
  const [requests, noAnswer] = [ingress[0] + mesh[0], ingress[1] + mesh[1]];
  return { ...noCounts, requests, noAnswer, timed: requests };
}

const sum = (a: readonly [number, number], b: readonly [number, number]): readonly [number, number] => [
  a[0] + b[0],
  a[1] + b[1],
];

/** Two measurements of the same step together, with the proxies of the second one. */
export const addStep = (a: StepMeasurement, b: StepMeasurement): StepMeasurement => ({
  ingress: sum(a.ingress, b.ingress),
  mesh: sum(a.mesh, b.mesh),
  proxies: b.proxies,
});

export const nothing: StepMeasurement = { ingress: [0, 0], mesh: [0, 0], proxies: {} };

/** Judges the requests of a step relative to those before the upgrade, by the rules of a rollout. */
export function judgeStep(before: StepMeasurement, step: StepMeasurement): Pick<Verdict, "outcome" | "reason"> {
  const baseline = baselineOf([{ stable: countsOf(before), canary: noCounts, unattributed: 0, weight: 0 }], 100);
  const measured = { stable: noCounts, canary: countsOf(step), unattributed: 0 };
  const { outcome } = judge({ measured, weight: 100, ...(baseline && { baseline }) }, rules(steps.map(() => 100)));
  const [requests, failed] = sum(step.ingress, step.mesh);
  const [requestsBefore, failedBefore] = sum(before.ingress, before.mesh);
  const reason = `${failed} of ${requests} requests failed, before the upgrade ${failedBefore} of ${requestsBefore}`;
  return { outcome, reason };
}
