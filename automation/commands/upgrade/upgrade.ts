import { configError } from "../../../host/failure";
import { remedy, run } from "../../../model/output/remedy";
import { none } from "../../../model/settings/forms";
import { isResumable, statusOf, type UpgradeEnd, type UpgradeEntry } from "../../../model/upgrade/journal";
import { planText, type StepName, type UpgradePlan, upgradeRefusal } from "../../../model/upgrade/plan";
import { runningProxies, withBothLabels } from "../../../model/upgrade/proxies";
import { upgradeSummary } from "../../../model/upgrade/report";
import { exitCodes, OperationFailed } from "../../stack/operation";
import { refuseOutOfTurn } from "../../stack/outOfTurn";
import { commandsFor } from "../../stack/project";
import { rolloutsFolder, routeHolder } from "../../stack/routeLock";
import { probeProvider } from "../rollout/probes";
import { untilInterrupted } from "../rollout/signals";
import { UpgradeController } from "./controller";
import { UpgradeEnvironment } from "./environment";
import { upgradeJournals } from "./journal";
import { upgradeLoad } from "./load";
import { writeReport } from "./output";

/** Options of an upgrade. */
export interface UpgradeOptions {
  readonly action: "start" | "resume" | "abort";
  /** Version to upgrade to; for a start only. */
  readonly to?: string | undefined;
  /** Requests a second through the ingress gateway. A quarter as many go from each calling pod. */
  readonly rate: number;
  readonly pauseBefore?: StepName | undefined;
}

type Say = (line: string) => void;
/** Result of an upgrade, with its journal. */
export interface UpgradeOutcome {
  readonly end: UpgradeEnd;
  readonly entries: readonly UpgradeEntry[];
}

/** State of the stack's last upgrade, as text; also while another process drives it. */
export async function upgradeStatus(stack: string): Promise<string> {
  const holder = await routeHolder(rolloutsFolder, stack, "upgrade");
  return upgradeSummary(await upgradeJournals.read(stack), holder?.pid, commandsFor(stack));
}

/** Limit of an upgrade in ambient, which its plan does not show. */
const ambientNotice =
  "ambient: ztunnel and istio-cni have one version on each node, so the step canary tries no new one; the step app replaces both, and closes connections between pods";

/** @throws OperationFailed for a version that the environment cannot be upgraded to, with the reason */
async function planOf(environment: UpgradeEnvironment, to: string | undefined, say: Say): Promise<UpgradePlan> {
  const { settings } = environment;
  if (to === undefined)
    throw configError(remedy`--to is missing: the version to upgrade to; fix: ${run("versions")} lists them`);
  if (settings.nextIstioVersion !== none)
    throw configError(
      remedy`nextIstioVersion = "${settings.nextIstioVersion}" is configured already, and an upgrade sets it itself; fix: ${{ command: "config rm", key: "nextIstioVersion" }}, then ${run("up")}`,
    );
  const [pods, kubernetes, namespaces] = await Promise.all([
    environment.pods(),
    environment.kubernetes(),
    environment.namespaces(),
  ]);
  const proxies = runningProxies(pods).map(({ version }) => version);
  const problem = upgradeRefusal(to, { running: settings.istioVersion, proxies, kubernetes });
  if (problem) throw configError(problem);
  for (const name of withBothLabels(namespaces))
    say(
      `warning: the namespace ${name} has istio-injection and istio.io/rev; the first one wins, so its pods follow the tag default; fix: kubectl label namespace ${name} istio-injection-`,
    );
  if (settings.dataplane === "ambient") say(ambientNotice);
  await environment.refuseWithoutCharts(to);
  return { from: settings.istioVersion, to };
}

/** The steps that an upgrade would take. Changes nothing. */
export async function upgradePlan(stack: string, to: string | undefined, say: Say): Promise<string> {
  return planText(await planOf(await UpgradeEnvironment.open(stack, 0, say), to, say));
}

/**
 * Upgrades Istio step by step and measures each step, resumes such an upgrade, or takes it back.
 *
 * @throws OperationFailed when it could not begin: a wrong option, another upgrade, no environment
 */
export async function upgrade(stack: string, options: UpgradeOptions, say: Say): Promise<UpgradeOutcome> {
  const { action, rate, to, pauseBefore } = options;
  const journal = await upgradeJournals.open(stack);
  try {
    const before = statusOf(journal.entries);
    refuseOutOfTurn("upgrade", stack, action, before !== undefined && isResumable(before));
    return await untilInterrupted(async (interrupted) => {
      const target = await UpgradeEnvironment.open(stack, Math.max(1, Math.round(rate / 4)), say);
      if (action === "start") {
        const plan = await planOf(target, to, say);
        await target.refusePending();
        if (interrupted.aborted)
          throw new OperationFailed("cancelled before anything was changed", exitCodes.cancelled);
        await journal.clear();
        await journal.add({ kind: "begun", plan });
      } else await journal.add({ kind: "resumed" });
      const load = upgradeLoad(probeProvider(target.address, rate, undefined, true), target.api);
      const controller = new UpgradeController({ journal, target, load, say, interrupted, pauseBefore });
      const goesBack = action === "abort" || statusOf(journal.entries)?.back !== undefined;
      const end = await (goesBack ? controller.back("aborted") : controller.run());
      await writeReport(journal.entries, say, commandsFor(stack));
      return { end, entries: journal.entries };
    });
  } finally {
    await journal.close();
  }
}
