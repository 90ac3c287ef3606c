import { createHash } from "node:crypto";
import type { Stack } from "@pulumi/pulumi/automation";
import type { Target } from "../../../host/http";
import { type Api, listOf } from "../../../host/kubernetes";
import { app } from "../../../model/names";
import { remedy, run } from "../../../model/output/remedy";
import type { Settings } from "../../../model/settings/contract";
import { canaryRoute } from "../../../model/traffic/canaryRoute";
import { exitCodes, OperationFailed, runOperation } from "../../stack/operation";
import { commandsFor, projectName } from "../../stack/project";
import { publishedTarget } from "../../stack/runningEnvironment";
import { openKeepingCluster } from "../keptCluster";
import { unlockState } from "../recover";
import { confirmWeight } from "./confirm";
import { refusePending } from "./pending";
import { isRoutedByOther, patchRoutes, routedWeight } from "./routedWeight";
import type { TrafficController } from "./traffic";

const deployments = `/apis/apps/v1/namespaces/${app.namespace}/deployments`;

interface Deployment {
  readonly metadata: { readonly name: string };
  readonly spec: { readonly template: object };
}

/** Seconds in which a change of the route reaches every gateway. */
const reachSeconds = 60;

/** Environment that a rollout changes: it sets the weight of the route, and it checks that nothing else has changed. */
export interface RolloutEnvironment extends TrafficController {
  readonly settings: Settings;
  readonly api: Api;
  readonly target: Target & { tls: { ca: string } };
  /** @throws OperationFailed when the cluster differs from the configuration */
  readonly refuseDifferences: () => Promise<void>;
  /** @throws OperationFailed when more than the route is pending */
  readonly refusePending: () => Promise<void>;
}

/** A running environment whose route a rollout changes. */
export class LiveEnvironment implements RolloutEnvironment {
  private constructor(
    private readonly stack: Stack,
    readonly settings: Settings,
    readonly api: Api,
    readonly target: Target & { tls: { ca: string } },
    private readonly say: (line: string) => void,
  ) {}

  /** @throws OperationFailed when the stack is not up */
  static async open(stackName: string, say: (line: string) => void): Promise<LiveEnvironment> {
    const { stack, running } = await openKeepingCluster(stackName, say);
    return new LiveEnvironment(stack, running.settings, running.api, publishedTarget(running), say);
  }

  /**
   * Refuses to begin while the cluster differs from the configuration: the first step would apply more than the route.
   *
   * @throws OperationFailed with what differs
   */
  async refuseDifferences(): Promise<void> {
    const routed = await routedWeight(this.api, this.settings).catch(async (error: Error) => {
      // a route that is missing may be a change of the configuration that is not applied
      await this.refusePending();
      throw error;
    });
    const { canaryWeight } = this.settings;
    if (routed !== canaryWeight)
      throw new OperationFailed(
        remedy`the cluster routes ${routed} % to v2 and the configuration says ${canaryWeight} %; fix: ${{ command: "pulumi", args: "up --refresh --yes" }}, which sets the cluster to ${canaryWeight} %`,
        exitCodes.failed,
      );
    await this.refusePending();
  }

  /** @throws OperationFailed when more than the route is pending */
  refusePending(): Promise<void> {
    return refusePending(this.stack, this.say);
  }

  async apply(weight: number): Promise<void> {
    await this.stack.setConfig(`${projectName()}:canaryWeight`, { value: String(weight) });
    if (await isRoutedByOther(this.api, this.settings)) {
      const up = commandsFor(this.stack.name)(run("up"));
      return this.say(
        `routing = ${this.settings.routing} is not applied yet; ${up} applies it, with ${weight} % to v2`,
      );
    }
    await this.up();
    // without a refresh, Pulumi does not notice a route that was changed by hand or by a killed rollback
    if ((await routedWeight(this.api, this.settings).catch(() => weight)) !== weight) await this.up({ refresh: true });
  }

  confirm(weight: number, signal?: AbortSignal): Promise<void> {
    const access = { api: this.api, target: this.target, domain: this.settings.domain };
    return confirmWeight(access, weight, reachSeconds, signal);
  }

  patchRoute(weight: number): Promise<void> {
    return patchRoutes(this.api, this.settings, weight);
  }

  async versions(): Promise<string> {
    const versions = await listOf<Deployment>(this.api, deployments, `app=${app.name}`);
    const templates = versions
      .map(({ metadata, spec }) => JSON.stringify([metadata.name, spec.template]))
      .sort((a, b) => a.localeCompare(b));
    return createHash("sha256").update(templates.join("\n")).digest("hex").slice(0, 16);
  }

  /** Applies the route alone. All other pending changes stay pending, above all a replacement of the cluster. */
  private async up(extra: { refresh?: boolean } = {}): Promise<void> {
    // Pulumi leaves its lock when a closed terminal ends it
    await unlockState(this.stack.name, this.say);
    await runOperation(this.stack, this.say, (options) =>
      this.stack.up({ ...options, ...extra, target: [canaryRoute(this.settings).target] }),
    );
  }
}
