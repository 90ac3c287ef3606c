import { mkdir, writeFile } from "node:fs/promises";
import { type End, type Entry, type Plan, resumable, type Standing, standing } from "../../../model/canary/plan";
import { rolloutSummary, rolloutSvg } from "../../../model/canary/report";
import { chosenBeside } from "../../../model/traffic/canaryRoutes";
import { exitCodes, OperationFailed } from "../../stack/operation";
import { Drive } from "./drive";
import { Environment } from "./environment";
import { gatewayCounters } from "./gatewayCounters";
import { Journal, rolloutsFolder } from "./journal";
import { checkOptions, type Options } from "./options";
import { probes } from "./probes";
import { askByUrl, askOwn, prometheus } from "./prometheus";
import type { MetricsProvider } from "./source";

const silence = (_line: string): void => {};
const wrong = (message: string) => new OperationFailed(message, exitCodes.config);

/** @throws OperationFailed for a start over an unfinished rollout, and for going on with one that there is not */
function refuseOutOfTurn(stack: string, action: string, before: Standing | undefined): void {
  const open = before !== undefined && resumable(before);
  if (action === "start" && open)
    throw wrong(
      `stack ${stack} has a rollout that is not finished; fix: npm run rollout -- resume, or: npm run rollout -- abort`,
    );
  if (action !== "start" && !open)
    throw wrong(`stack ${stack} has no rollout to ${action}; see: npm run rollout -- status`);
}

/** @throws OperationFailed where a Prometheus is asked for and there is none */
function sourceOf({ source, rate, prometheus: url }: Options, { api, target, settings }: Environment): MetricsProvider {
  const byWeight = !chosenBeside(settings);
  if (source === "gateway") return gatewayCounters(api, byWeight);
  if (source === "probes") return probes(target, rate);
  if (url === "" && !settings.prometheus)
    throw wrong(
      "the environment has no Prometheus; fix: npm run pulumi -- config set prometheus true, then npm start, or name one: --prometheus http://127.0.0.1:9090",
    );
  return prometheus(url === "" ? askOwn(api) : askByUrl(url), byWeight);
}

/** How a rollout ended, with its journal. */
export interface Outcome {
  readonly end: End;
  readonly entries: readonly Entry[];
}

/** Where the stack's last rollout stands, as text; also while another process drives it. */
export const rolloutStatus = async (stack: string): Promise<string> =>
  rolloutSummary(await Journal.read(rolloutsFolder, stack));

/**
 * Moves traffic to version 2 step by step, measuring each; or goes on with such a rollout, or aborts it.
 *
 * @param options - those that are left out take the defaults of `npm run rollout`
 * @throws OperationFailed where it could not begin: a wrong option, another rollout, no environment
 */
export async function rollout(stack: string, options: Partial<Options> = {}, say = silence): Promise<Outcome> {
  const checked = checkOptions(options);
  const { action, interrupt, steps } = checked;
  const journal = await Journal.open(rolloutsFolder, stack);
  const cancel = new AbortController();
  const onSignal = () => cancel.abort();
  process.on("SIGINT", onSignal).on("SIGTERM", onSignal);
  try {
    const before = standing(journal.entries);
    refuseOutOfTurn(stack, action, before);
    const environment = await Environment.open(stack, say);
    const drive = new Drive(journal, environment, sourceOf(checked, environment), say, cancel.signal, interrupt);
    const finish = async (plan: Plan): Promise<End> => {
      if (action === "abort") return drive.back(plan, "rolled back", "aborted");
      return drive.run(plan, before && action === "resume" ? before.step : 0);
    };
    const plan = before && action !== "start" ? before.plan : { steps, from: environment.settings.canaryWeight };
    if (action === "start") {
      await environment.refuseDrift();
      await journal.clear();
      await journal.add({ at: new Date().toISOString(), kind: "begun", plan });
    }
    const end = await finish(plan);
    await report(journal, say);
    return { end, entries: journal.entries };
  } finally {
    process.off("SIGINT", onSignal).off("SIGTERM", onSignal);
    await journal.close();
  }
}

async function report(journal: Journal, say: (line: string) => void): Promise<void> {
  await mkdir("report", { recursive: true });
  await writeFile("report/rollout.json", `${JSON.stringify(journal.entries, null, 2)}\n`);
  await writeFile("report/rollout.svg", rolloutSvg(journal.entries));
  say(
    `\n${rolloutSummary(journal.entries)}\n\nreport/rollout.svg shows it over time, report/rollout.json has every number`,
  );
}
