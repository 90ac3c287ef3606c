import { configSet, RemedyError, remedy, run } from "../output/remedy";

/** Steps of a rollout if the user sets none. */
const defaultSteps: readonly number[] = [5, 25, 50, 100];

/** @throws Error unless the steps are rising weights from 1 to 100, with what is allowed */
export function refuseSteps(steps: readonly number[], text = steps.join(",")): void {
  const rising = steps.every(
    (step, i) => Number.isInteger(step) && step >= 1 && step <= 100 && step > (steps[i - 1] ?? 0),
  );
  if (!rising || steps.length === 0)
    throw new Error(
      `--steps = "${text}" must be rising integers from 1 to 100, separated by commas; fix: --steps 5,25,50,100`,
    );
}

/**
 * The steps of a rollout from their text, such as 5,25,50,100.
 *
 * @throws Error with what is allowed
 */
export function parseSteps(text: string): number[] {
  const steps = text.split(",").map((part) => (/^\d{1,3}$/.test(part.trim()) ? Number(part) : Number.NaN));
  refuseSteps(steps, text);
  return steps;
}

/**
 * Steps of a rollout that begins at a weight: those that the user sets, or the default steps above the weight.
 *
 * @throws Error when a step would lower the weight, with the command that fixes it
 */
export function stepsFrom(from: number, chosen?: readonly number[]): readonly number[] {
  if (from === 100)
    throw new RemedyError(
      remedy`canaryWeight is 100 %: version 2 has all traffic already; fix: make version 2 the stable version (with appSource = folder copy app/v2 over app/v1), then: ${configSet("canaryWeight", 0)}, then ${run("up")}, then ${run("rollout")}`,
    );
  const steps = chosen ?? defaultSteps.filter((step) => step > from);
  const [first] = steps;
  if (first !== undefined && first < from)
    throw new RemedyError(
      remedy`--steps = "${steps.join(",")}" begins below canaryWeight, which is ${from} %: version 2 would get less traffic at first; fix: ${run("rollout", `--steps ${steps.filter((step) => step > from).join(",") || "100"}`)}, or begin at 0: ${configSet("canaryWeight", 0)}, then ${run("up")}`,
    );
  return steps;
}
