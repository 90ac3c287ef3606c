import { exitCodes, OperationFailed } from "../../../host/failure";
import { refuseSteps } from "../../../model/canary/steps";
import { usualPace } from "../../../model/canary/verdict";
import { RemedyError, remedy, run } from "../../../model/output/remedy";

const actions = ["start", "resume", "abort"] as const;
export const interrupts = ["rollback", "pause"] as const;
export const sources = ["probes", "gateway", "prometheus"] as const;

/** Options of a rollout. */
export interface RolloutOptions {
  /** @default "start" */
  readonly action: (typeof actions)[number];
  /** Weights of version 2 in percent, rising. @default those of 5, 25, 50, 100 that are above the present weight */
  readonly steps?: readonly number[];
  /** Reaction to SIGINT, SIGTERM, SIGHUP and a closed pipe. @default "rollback" */
  readonly interrupt: (typeof interrupts)[number];
  /** Provider of the measurements. @default "probes" */
  readonly source: (typeof sources)[number];
  /** Probes a second, 1 to 999. @default 200 */
  readonly rate: number;
  /** Seconds that a step may take before the rollout pauses, 10 to 86400. @default 600 */
  readonly patience: number;
  /** Seconds at the first step that do not count, while version 2 is cold, 0 to 3600. @default 30 */
  readonly warmUp: number;
  /** URL of the Prometheus to query. @default the environment's own */
  readonly prometheus: string;
}

/** Default options of a rollout. */
export const defaultOptions: RolloutOptions = {
  action: "start",
  interrupt: "rollback",
  source: "probes",
  rate: 200,
  patience: usualPace.stepTimeout,
  warmUp: usualPace.warmUp,
  prometheus: "",
};

/** @throws Error naming the value and what is allowed */
function refuseOther(what: string, value: string, allowed: readonly string[]): void {
  if (!allowed.includes(value)) throw new Error(`${what} = "${value}" must be one of ${allowed.join(", ")}`);
}

/** @throws Error naming the value and what is allowed */
function refuseOutside(
  what: string,
  value: number | string,
  [from, to]: readonly [number, number],
  unit: string,
): void {
  if (!/^\d{1,6}$/.test(String(value)) || Number(value) < from || Number(value) > to)
    throw new Error(`--${what} = "${value}" must be an integer from ${from} to ${to}, ${unit}`);
}

/** Smallest and largest allowed value of each numeric option. */
export const limits = { rate: [1, 999], patience: [10, 86_400], "warm-up": [0, 3600] } as const;

/**
 * Options with their defaults.
 *
 * @throws OperationFailed with what is allowed, exit code 2
 */
export function checkOptions(chosen: Partial<RolloutOptions>): RolloutOptions {
  const options = { ...defaultOptions, ...chosen };
  const { action, interrupt, source, rate, patience, warmUp, prometheus, steps } = options;
  try {
    refuseOther("rollout", action, actions);
    refuseOther("--source", source, sources);
    refuseOther("--on-interrupt", interrupt, interrupts);
    if (steps) refuseSteps(steps);
    refuseOutside("rate", rate, limits.rate, "requests a second");
    refuseOutside("patience", patience, limits.patience, "seconds");
    refuseOutside("warm-up", warmUp, limits["warm-up"], "seconds");
    if (prometheus !== "" && !(source === "prometheus" && /^https?:\/\/[^\s@]+$/.test(prometheus)))
      throw new Error(
        `--prometheus = "${prometheus}" must be an http or https URL without credentials, with --source prometheus and no other; fix: --source prometheus --prometheus http://127.0.0.1:9090`,
      );
    if (steps && action !== "start")
      throw new RemedyError(
        remedy`--steps has no effect with ${action}: the steps are those of the rollout that was started; fix: ${run("rollout", action)}`,
      );
    return options;
  } catch (error) {
    throw new OperationFailed(error instanceof RemedyError ? error.text : (error as Error).message, exitCodes.config);
  }
}
