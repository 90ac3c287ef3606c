import type { Given } from "../../../machine/arguments.mjs";
import { parseSteps, refuseSteps } from "../../../model/canary/plan";
import { exitCodes, OperationFailed } from "../../stack/operation";

const actions = ["start", "resume", "abort"] as const;
const interrupts = ["rollback", "pause"] as const;
const sources = ["probes", "gateway", "prometheus"] as const;

/** What a rollout is asked for. */
export interface Options {
  /** @default "start" */
  readonly action: (typeof actions)[number];
  /** Weights of version 2 in percent, rising. @default [5, 25, 50, 100] */
  readonly steps: readonly number[];
  /** What SIGINT and SIGTERM do. @default "rollback" */
  readonly interrupt: (typeof interrupts)[number];
  /** Where measurements come from. @default "probes" */
  readonly source: (typeof sources)[number];
  /** Probes a second, 1 to 999. @default 200 */
  readonly rate: number;
  /** URL of the Prometheus, where it is the source. @default the environment's own */
  readonly prometheus: string;
}

const preset: Options = {
  action: "start",
  steps: [5, 25, 50, 100],
  interrupt: "rollback",
  source: "probes",
  rate: 200,
  prometheus: "",
};

/** @throws Error naming the value and what is allowed */
function refuseOther(what: string, value: string, allowed: readonly string[]): void {
  if (!allowed.includes(value)) throw new Error(`${what} = "${value}" must be one of ${allowed.join(", ")}`);
}

/** @throws Error naming the value and what is allowed */
function refuseRate(rate: number | string): void {
  if (!/^[1-9]\d{0,2}$/.test(String(rate)))
    throw new Error(`--rate = "${rate}" must be an integer from 1 to 999, requests a second`);
}

/**
 * Options with their defaults.
 *
 * @throws OperationFailed with what is allowed, exit code 2
 */
export function checkOptions(given: Partial<Options>): Options {
  const options = { ...preset, ...given };
  const { action, interrupt, source, rate, prometheus, steps } = options;
  try {
    refuseOther("rollout", action, actions);
    refuseOther("--source", source, sources);
    refuseOther("--on-interrupt", interrupt, interrupts);
    refuseSteps(steps);
    refuseRate(rate);
    if (prometheus !== "" && !(source === "prometheus" && /^https?:\/\/[^\s@]+$/.test(prometheus)))
      throw new Error(
        `--prometheus = "${prometheus}" must be an http or https URL without credentials, with --source prometheus and no other; fix: --source prometheus --prometheus http://127.0.0.1:9090`,
      );
    return options;
  } catch (error) {
    throw new OperationFailed((error as Error).message, exitCodes.config);
  }
}

/**
 * The options of a rollout from its command line.
 *
 * @throws OperationFailed with what is allowed, exit code 2
 */
export function rolloutOptions({ word, text }: Pick<Given, "word" | "text">): Options {
  const { steps, rate, source, prometheus, "on-interrupt": interrupt } = text;
  try {
    if (rate !== undefined) refuseRate(rate);
    return checkOptions({
      ...(word !== undefined && { action: word as Options["action"] }),
      ...(steps !== undefined && { steps: parseSteps(steps) }),
      ...(rate !== undefined && { rate: Number(rate) }),
      ...(source !== undefined && { source: source as Options["source"] }),
      ...(interrupt !== undefined && { interrupt: interrupt as Options["interrupt"] }),
      ...(prometheus !== undefined && { prometheus }),
    });
  } catch (error) {
    throw error instanceof OperationFailed ? error : new OperationFailed((error as Error).message, exitCodes.config);
  }
}
