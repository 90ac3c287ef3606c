import { setTimeout as pause } from "node:timers/promises";
import { get, type Target } from "../../../host/http";
import type { Api } from "../../../host/kubernetes";
import { drawsToSeeAll } from "../../../model/canary/share";
import { meshNamespace } from "../../../model/names";
import { routedWeights } from "../../../model/traffic/routedWeights";
import { gatewayPods } from "./gatewayCounters";
import { RoutedOtherwise } from "./traffic";

/** Risk that random connections leave out a gateway, where gateways cannot be asked one by one. */
const missRisk = 1e-4;
/** Answers in a row that carry the weight, also where every gateway was asked. */
const answersInRow = 10;

const routesOf = ["pilot-agent", "request", "GET", "config_dump?resource=dynamic_route_configs"];

/** Access to the gateways of an environment, to ask for the weight that each routes by. */
export interface GatewayAccess {
  readonly api: Pick<Api, "get" | "execute">;
  readonly target: Target;
  readonly domain: string;
}

/** Weights of one gateway. Undefined when it cannot be asked, for example because the user may not run commands in pods. */
const weightsOf = ({ api, domain }: GatewayAccess, pod: string): Promise<number[] | undefined> =>
  api.execute(meshNamespace, pod, routesOf).then(
    (dump) => routedWeights(dump, domain),
    () => undefined,
  );

/** Description of the first gateway that routes otherwise; `asked` is false when one of them cannot be asked. */
async function gatewaysAt(access: GatewayAccess, pods: readonly string[], weight: number) {
  const all = await Promise.all(pods.map(async (pod) => ({ pod, weights: await weightsOf(access, pod) })));
  const other = all.find(({ weights }) => weights?.some((one) => one !== weight));
  return {
    asked: all.every(({ weights }) => weights?.length === 1),
    other: other && `the gateway ${other.pod} routes by ${other.weights?.join(" % and ")} %`,
  };
}

/** True when so many answers in a row, each over a connection of its own, carry the weight. */
async function answersCarry(target: Target, weight: number, answers: number, signal?: AbortSignal) {
  for (let i = 0; i < answers; i++) {
    const seen = await get(target, { signal }).then(
      (answer) => answer.weight,
      () => undefined,
    );
    if (seen !== weight) return { all: false, other: seen };
  }
  return { all: true, other: undefined };
}

/**
 * Waits until every gateway routes by the weight: each is asked for its own routes, and then answers from outside have
 * to carry the weight. Gateways that cannot be asked are covered by enough random connections.
 *
 * @throws RoutedOtherwise when a gateway routes by another weight to the end
 * @throws Error when the seconds pass without an answer, or the signal aborts
 */
export async function confirmWeight(
  access: GatewayAccess,
  weight: number,
  seconds: number,
  signal?: AbortSignal,
): Promise<void> {
  let reason = "no gateway says by which weight it routes";
  let known = false;
  for (const until = performance.now() + seconds * 1000; performance.now() < until; await pause(200)) {
    if (signal?.aborted) throw new Error("interrupted");
    const pods = await gatewayPods(access.api).catch((error: Error) => error);
    if (pods instanceof Error || pods.length === 0) {
      reason = pods instanceof Error ? pods.message : "no pod of the ingress gateway is running";
      continue;
    }
    const { asked, other } = await gatewaysAt(access, pods, weight);
    known = other !== undefined;
    if (other) {
      reason = other;
      continue;
    }
    const answers = asked ? answersInRow : Math.max(answersInRow, drawsToSeeAll(pods.length, missRisk));
    const carried = await answersCarry(access.target, weight, answers, signal);
    if (carried.all) return;
    known = carried.other !== undefined;
    reason = known ? `an answer came by ${carried.other} %` : "no answer says by which weight it was routed";
  }
  const message = `not every gateway routes by ${weight} % after ${seconds} s: ${reason}`;
  throw known ? new RoutedOtherwise(message) : new Error(message);
}
