import { parseArgs } from "node:util";
import { parseSteps } from "../../model/rollout";
import { exitCodes, OperationFailed } from "../operation";

const actions = ["start", "status", "resume", "abort"] as const;
const interrupts = ["rollback", "pause"] as const;
const sources = ["probes", "gateway", "prometheus"] as const;

/** What a rollout was asked for, checked. */
export interface Options {
  readonly action: (typeof actions)[number];
  readonly steps: readonly number[];
  readonly interrupt: (typeof interrupts)[number];
  readonly source: (typeof sources)[number];
  /** Probes a second. */
  readonly rate: number;
  /** URL of the Prometheus, where it is the source. */
  readonly prometheus: string;
}

function one<Name extends string>(what: string, value: string, allowed: readonly Name[]): Name {
  const found = allowed.find((name) => name === value);
  if (found === undefined) throw new Error(`${what} = "${value}" must be one of ${allowed.join(", ")}`);
  return found;
}

/**
 * The options of a rollout from its arguments.
 *
 * @throws OperationFailed with what is allowed, exit code 2
 */
export function rolloutOptions(args: string[]): Options {
  try {
    const { values, positionals } = parseArgs({
      args,
      allowPositionals: true,
      options: {
        stack: { type: "string" },
        steps: { type: "string", default: "5,25,50,100" },
        rate: { type: "string", default: "100" },
        source: { type: "string", default: "probes" },
        prometheus: { type: "string", default: "" },
        "on-interrupt": { type: "string", default: "rollback" },
      },
    });
    const { prometheus, rate } = values;
    const source = one("--source", values.source, sources);
    if (!/^[1-9]\d{0,2}$/.test(rate))
      throw new Error(`--rate = "${rate}" must be an integer from 1 to 999, requests a second`);
    if ((source === "prometheus") !== /^https?:\/\/[^\s@]+$/.test(prometheus))
      throw new Error(
        `--prometheus = "${prometheus}" must be an http or https URL without credentials, with --source prometheus and no other; fix: --source prometheus --prometheus http://127.0.0.1:9090`,
      );
    return {
      action: one("rollout", positionals[0] ?? "start", actions),
      steps: parseSteps(values.steps),
      interrupt: one("--on-interrupt", values["on-interrupt"], interrupts),
      source,
      rate: Number(rate),
      prometheus,
    };
  } catch (error) {
    throw new OperationFailed((error as Error).message, exitCodes.config);
  }
}
