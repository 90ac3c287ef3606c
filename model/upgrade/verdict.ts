import { baselineOf, failedRequests, noCounts, type RequestCounts } from "../canary/evidence";
import { judgeCanary, rulesOfStep } from "../canary/verdict";
import type { StepVerdict, UpgradeRequests } from "./journal";
import { upgradeSteps } from "./plan";

/** Requests without the time that their answers took: pods that start make every answer slower. */
const untimed = (counts: RequestCounts): RequestCounts => ({ ...counts, slow: 0, timed: counts.requests });

/** Judges requests relative to those before the upgrade, by the rules of a rollout's last step. */
function outcomeOf(before: RequestCounts, after: RequestCounts): StepVerdict["outcome"] {
  const baseline = baselineOf([{ stable: untimed(before), canary: noCounts, unattributed: 0, weight: 0 }], 100);
  const measured = { stable: noCounts, canary: untimed(after), unattributed: 0 };
  // the baseline is all that there is to compare with: no version is left at 100 %
  return judgeCanary({ measured, weight: 100, baseline }, rulesOfStep(upgradeSteps.map(() => 100))).outcome;
}

const failedOf = (counts: RequestCounts): string => `${failedRequests(counts)} of ${counts.requests}`;

/** Failed requests, for a person. */
export const failedText = ({ ingress, mesh }: UpgradeRequests): string =>
  `failed requests: ${failedOf(ingress)} through the ingress gateway, ${failedOf(mesh)} between pods`;

/** Judges the requests of a step. Both ways to the app have to pass on their own. */
export function judgeStep(before: UpgradeRequests, step: UpgradeRequests): StepVerdict {
  const outcomes = [outcomeOf(before.ingress, step.ingress), outcomeOf(before.mesh, step.mesh)];
  const outcome =
    outcomes.find((candidate) => candidate === "fail") ??
    outcomes.find((candidate) => candidate === "insufficient") ??
    "pass";
  const differs = failedRequests(before.ingress) + failedRequests(before.mesh) > 0;
  return { outcome, reason: `${failedText(step)}${differs ? `; before the upgrade, ${failedText(before)}` : ""}` };
}

/** Share of failed requests above which an environment cannot be upgraded. */
const maxFailures = 0.05;

/** The reason why an upgrade should not begin: the app does not answer well. Undefined if it does. */
export function unfitReason({ ingress, mesh }: UpgradeRequests): string | undefined {
  const fails = [ingress, mesh].some(
    (counts) => counts.requests === 0 || failedRequests(counts) > maxFailures * counts.requests,
  );
  return fails ? `the app does not answer before the upgrade: ${failedText({ ingress, mesh })}` : undefined;
}
