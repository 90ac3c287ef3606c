import type { RolloutPlan } from "../../../model/canary/plan";
import type { RolloutOptions } from "./options";

/** Says what a rollout is going to do. */
export function announceRollout(
  { steps, from }: RolloutPlan,
  first: number,
  { source, rate }: RolloutOptions,
  say: (line: string) => void,
): void {
  const measured = source === "probes" ? `probes, ${rate} a second` : source;
  const left = steps.slice(first);
  say(
    left.length > 0
      ? `from ${from} % in steps of ${left.join(", ")} %, measured by ${measured}`
      : "every step has passed already",
  );
}
