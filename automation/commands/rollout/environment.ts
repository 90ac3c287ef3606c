import { setTimeout as pause } from "node:timers/promises";
import type { Stack } from "@pulumi/pulumi/automation";
import { get, type Target } from "../../../host/http";
import type { Api } from "../../../host/kubernetes";
import { drawsToSeeAll } from "../../../model/canary/share";
import { app, project, publicHost } from "../../../model/names";
import type { Settings } from "../../../model/settings/contract";
import { virtualServiceSpec } from "../../../model/traffic/traffic";
import { entrance } from "../../../model/traffic/urls";
import { exitCodes, OperationFailed, operate } from "../../stack/operation";
import { running } from "../../stack/running";
import { openRecovered } from "../recover";
import type { Hands } from "./drive";
import { gatewayPods } from "./gatewayCounters";

const virtualService = `/apis/networking.istio.io/v1/namespaces/${app.namespace}/virtualservices/${app.name}`;

interface VirtualService {
  readonly spec: ReturnType<typeof virtualServiceSpec>;
}

const convergeSeconds = 60;

/** A running environment as a rollout takes hold of it. */
export class Environment implements Hands {
  private constructor(
    private readonly stack: Stack,
    readonly settings: Settings,
    readonly api: Api,
    readonly target: Target & { tls: { ca: string } },
    private readonly say: (line: string) => void,
  ) {}

  /** @throws OperationFailed where the stack is not up or its weight was edited by hand */
  static async open(stackName: string, say: (line: string) => void): Promise<Environment> {
    const opened = await openRecovered(stackName, say);
    const { stack } = opened;
    const { settings, api, ca, headers, ingressIp } = await running(stack, exitCodes.environment, opened);
    const target = {
      host: publicHost(settings.domain),
      address: entrance(settings, ingressIp),
      port: settings.httpsPort,
      headers,
      tls: { ca },
    };
    return new Environment(stack, settings, api, target, say);
  }

  /** @throws OperationFailed where the cluster routes by another weight than the configuration says */
  async refuseDrift(): Promise<void> {
    const { spec } = await this.api.get<VirtualService>(virtualService);
    const routed = spec.http?.at(-1)?.route?.find(({ destination }) => destination.subset === "v2")?.weight ?? 0;
    const { canaryWeight } = this.settings;
    if (routed !== canaryWeight)
      throw new OperationFailed(
        `the cluster routes ${routed} % to v2 and the configuration says ${canaryWeight} %; fix: npm run pulumi -- up --refresh --yes --stack ${this.stack.name}, which sets the cluster to ${canaryWeight} %`,
        exitCodes.failed,
      );
  }

  async setWeight(weight: number): Promise<void> {
    await this.stack.setConfig(`${project}:canaryWeight`, { value: String(weight) });
    await operate(this.say, (options) => this.stack.up({ ...options, color: "never", suppressProgress: true }));
    await this.converged(weight);
  }

  async rollBackNow(weight: number): Promise<void> {
    await this.api.patch(virtualService, { spec: virtualServiceSpec({ ...this.settings, canaryWeight: weight }) });
  }

  /** Waits until answers, each on a connection of its own, carry the weight so often in a row that no gateway was left out. */
  private async converged(weight: number): Promise<void> {
    const enough = Math.max(10, drawsToSeeAll((await gatewayPods(this.api)).length, 1e-4));
    let seen: number | undefined;
    let row = 0;
    for (const until = Date.now() + convergeSeconds * 1000; Date.now() < until; ) {
      seen = await get(this.target).then(
        (answer) => answer.weight,
        () => undefined,
      );
      row = seen === weight ? row + 1 : 0;
      if (row >= enough) return;
      if (row === 0) await pause(200);
    }
    throw new OperationFailed(
      `the gateway does not route by ${weight} % after ${convergeSeconds} s, but by ${seen ?? "no weight that it tells"}`,
      exitCodes.inconclusive,
    );
  }
}
