import { exitCodes } from "../../../host/failure";
import type { RolloutEnd } from "../../../model/canary/plan";
import { parseSteps } from "../../../model/canary/steps";
import { defaultOptions, interrupts, limits, type RolloutOptions, sources } from "../../commands/rollout/options";
import { command, type Invocation } from "../command";
import { choice, integer, parsedText, text } from "../option";
import { requireDone, stepCommand, type WorkEnds } from "../stepCommand";

const ends: WorkEnds<RolloutEnd> = {
  exits: {
    promoted: exitCodes.done,
    "rolled back": exitCodes.failed,
    paused: exitCodes.inconclusive,
    cancelled: exitCodes.cancelled,
    "not rolled back": exitCodes.notRolledBack,
  },
  aborted: ["rolled back", "cancelled"],
};

export const rollout = command({
  ...stepCommand,
  name: "rollout",
  summary: "moves traffic to version 2 step by step, and measures each step",
  details:
    "`start` is the default. `resume` continues a rollout that paused, `abort` rolls it back, and `status` shows its state. [How a canary is judged](canary.md) explains the rules. Exit codes: 0 promoted, 1 rolled back, 3 paused, 5 not rolled back, 130 cancelled.",
  options: {
    steps: parsedText(
      "WEIGHTS",
      parseSteps,
      "weights of version 2 in percent, rising; by default those of 5,25,50,100 that are above canaryWeight",
    ),
    source: choice("SOURCE", sources, defaultOptions.source, "provider of the measurements"),
    rate: integer("N", limits.rate, defaultOptions.rate, "requests a second", "probes a second"),
    patience: integer(
      "SECONDS",
      limits.patience,
      defaultOptions.patience,
      "seconds",
      "time that a step may take before the rollout pauses",
    ),
    "warm-up": integer(
      "SECONDS",
      limits["warm-up"],
      defaultOptions.warmUp,
      "seconds",
      "time at the first step whose requests do not count, because version 2 is cold",
    ),
    prometheus: text("URL", "another Prometheus than the environment's own"),
    "on-interrupt": choice(
      "WHAT",
      interrupts,
      defaultOptions.interrupt,
      "reaction to Ctrl-C, SIGTERM, SIGHUP and a closed pipe",
    ),
  },
  unused: {
    abort: ["steps", "source", "rate", "patience", "warm-up", "prometheus", "on-interrupt"],
    status: ["steps", "source", "rate", "patience", "warm-up", "prometheus", "on-interrupt"],
    // only probes are sent at a rate
    "--source gateway": ["rate"],
    "--source prometheus": ["rate"],
  },
  examples: [
    ["--steps 10,50,100", "moves all traffic to version 2 in three steps"],
    ["status", "shows the state of the last rollout"],
  ],
  run: async (invocation) => {
    const { stack, word, say } = invocation;
    const options = rolloutOptions(invocation);
    const commands = await import("../../commands/rollout/rollout");
    if (word === "status") return say(await commands.rolloutStatus(stack));
    const { end } = await commands.rollout(stack, options, say);
    requireDone("rollout", ends, word, end);
  },
});

/** Options of a rollout from its command line. An option that the command line does not have is undefined. */
export function rolloutOptions({
  word,
  options,
}: Pick<Invocation<(typeof rollout)["options"]>, "word" | "options">): Partial<RolloutOptions> {
  const { steps, prometheus, source, rate, patience, "warm-up": warmUp, "on-interrupt": interrupt } = options;
  return {
    ...{ source, rate, patience, warmUp, interrupt },
    ...(word !== "status" && { action: word as RolloutOptions["action"] }),
    ...(steps !== undefined && { steps }),
    ...(prometheus !== undefined && { prometheus }),
  };
}
