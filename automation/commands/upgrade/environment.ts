import type { Stack } from "@pulumi/pulumi/automation";
import { fetchCharts } from "../../../charts/cache";
import { crdsChart } from "../../../charts/crds";
import type { Target } from "../../../host/http";
import { type Api, listOf } from "../../../host/kubernetes";
import { chartsToInstall, inRegistry } from "../../../model/mesh/charts";
import { gatewayApiChart } from "../../../model/mesh/gatewayApi";
import { type UpgradeStage, upgradeStages } from "../../../model/mesh/revisions";
import { remedy, run } from "../../../model/output/remedy";
import type { Settings } from "../../../model/settings/contract";
import { none } from "../../../model/settings/forms";
import { changesOf, type KeyChange, toStage, withoutNext } from "../../../model/upgrade/configuration";
import type { UpgradePlan, UpgradeStep } from "../../../model/upgrade/plan";
import { type Namespace, type ProxyPod, proxiesByVersion } from "../../../model/upgrade/proxies";
import { upWithoutGoneReleases } from "../../stack/goneReleases";
import { exitCodes, OperationFailed, runOperation } from "../../stack/operation";
import { projectName } from "../../stack/project";
import { publishedTarget } from "../../stack/runningEnvironment";
import { plainConfig } from "../../stack/stack";
import { openKeepingCluster } from "../keptCluster";
import { unlockState } from "../recover";
import { refusePending } from "../rollout/pending";
import { callerNamespaces, removeCaller, startCaller } from "./callers";
import { oldCrds } from "./crds";
import { obstacleOf, problemOf } from "./observe";
import type { UpgradeTarget } from "./target";

/** A running environment whose control plane an upgrade changes, by its configuration and an `up` for each step. */
export class UpgradeEnvironment implements UpgradeTarget {
  private constructor(
    private readonly stack: Stack,
    readonly settings: Settings,
    readonly api: Api,
    readonly address: Target & { tls: { ca: string } },
    /** Calls a second of each caller. */
    private readonly callRate: number,
    private readonly say: (line: string) => void,
  ) {}

  /** @throws OperationFailed when the stack is not up */
  static async open(stackName: string, callRate: number, say: (line: string) => void): Promise<UpgradeEnvironment> {
    const { stack, running } = await openKeepingCluster(stackName, say);
    return new UpgradeEnvironment(stack, running.settings, running.api, publishedTarget(running), callRate, say);
  }

  /** @throws OperationFailed when the configuration has changes that are not applied: a step would apply them too */
  refusePending(): Promise<void> {
    const consequence = remedy`and the first step of an upgrade would apply them; fix: ${run("up")}, then ${run("upgrade", "--to VERSION")}`;
    return refusePending(this.stack, this.say, consequence);
  }

  /** @throws OperationFailed when the repository does not have the charts of a version, or the cluster's CRDs are too old */
  async refuseWithoutCharts(to: string): Promise<void> {
    const wanted = chartsToInstall({ ...this.settings, nextIstioVersion: to, nextIstioStage: "default" });
    const istio = wanted.filter((chart) => chart.version === to && !inRegistry(chart));
    const { missing } = await fetchCharts(istio, this.settings.istioChartAuth);
    const crds = gatewayApiChart({ ...this.settings, nextIstioVersion: to, nextIstioStage: "default" });
    const unfetched =
      crds &&
      (await crdsChart(crds).then(
        () => undefined,
        ({ message }: Error) => message,
      ));
    const [reason = unfetched] = missing;
    if (reason !== undefined) throw new OperationFailed(reason, exitCodes.environment);
    const old = crds && (await oldCrds(this.api, crds, to));
    if (old) throw new OperationFailed(old, exitCodes.environment);
  }

  async apply(plan: UpgradePlan, step: UpgradeStep): Promise<void> {
    // its sidecar is served by the control plane that this step removes
    if (step.name === "finish" && !this.isAmbient) await removeCaller(this.api, callerNamespaces.old);
    const changes = changesOf(plan, step);
    if (changes.length > 0) await this.change(changes);
  }

  async stage(): Promise<UpgradeStage | undefined> {
    const config = await plainConfig(this.stack);
    const isNext = (config["nextIstioVersion"] ?? none) !== none;
    return isNext ? upgradeStages.find((stage) => stage === (config["nextIstioStage"] ?? "istiod")) : undefined;
  }

  moveTo(stage: UpgradeStage): Promise<void> {
    return this.change([toStage(stage)]);
  }

  removeNext(): Promise<void> {
    return this.change(withoutNext);
  }

  /** True if one pod calls the app by ztunnel in every step: ztunnel has no second version that could be tried before. */
  private get isAmbient(): boolean {
    return this.settings.dataplane === "ambient";
  }

  async startCallers({ from, to }: UpgradePlan, { name }: UpgradeStep): Promise<void> {
    const { old, canary } = callerNamespaces;
    if (this.isAmbient) return startCaller(this.api, old, "ambient", this.callRate);
    if (name !== "finish") await startCaller(this.api, old, { sidecar: from }, this.callRate);
    if (name !== "crds" && name !== "istiod") await startCaller(this.api, canary, { sidecar: to }, this.callRate);
  }

  async removeCallers(): Promise<void> {
    for (const namespace of Object.values(callerNamespaces)) await removeCaller(this.api, namespace);
  }

  pods(): Promise<readonly ProxyPod[]> {
    return listOf(this.api, "/api/v1/pods");
  }

  namespaces(): Promise<readonly Namespace[]> {
    return listOf(this.api, "/api/v1/namespaces");
  }

  /** Version of the cluster's Kubernetes. */
  async kubernetes(): Promise<string> {
    return (await this.api.get<{ gitVersion: string }>("/version")).gitVersion;
  }

  async proxies() {
    return proxiesByVersion(await this.pods());
  }

  async obstacle(plan: UpgradePlan, step: UpgradeStep): Promise<string | undefined> {
    return obstacleOf(plan, step, await this.pods(), await this.namespaces());
  }

  problem(plan: UpgradePlan, step: UpgradeStep): Promise<string | undefined> {
    return problemOf(this.api, plan, step);
  }

  /** Changes the configuration and applies it. */
  private async change(changes: readonly KeyChange[]): Promise<void> {
    const config = await plainConfig(this.stack);
    for (const [key, value] of changes) {
      const name = `${projectName()}:${key}`;
      if (value !== undefined) await this.stack.setConfig(name, { value });
      else if (key in config) await this.stack.removeConfig(name);
    }
    // a Pulumi that a closed terminal ended leaves its lock
    await unlockState(this.stack.name, this.say);
    await upWithoutGoneReleases((refresh) =>
      runOperation(this.stack, this.say, (options) => this.stack.up({ ...options, refresh })),
    );
  }
}
