import { askEnvoy } from "../../../host/envoyAdmin";
import { getFrom, type Target } from "../../../host/http";
import type { Api } from "../../../host/kubernetes";
import { poll } from "../../../host/wait";
import { drawsToSeeAll } from "../../../model/canary/share";
import { meshNamespace } from "../../../model/names";
import { routedWeights } from "../../../model/traffic/routedWeights";
import { gatewayPods } from "./gatewayCounters";
import { RoutedOtherwise } from "./traffic";

/** Risk that random connections do not reach every gateway, when the gateways' routes cannot be read. */
const missRisk = 1e-4;
/** Number of consecutive responses that must have the weight, also when the routes of every gateway were read. */
const answersInRow = 10;

/** Access to the gateways of an environment, to read the weight by which each of them routes. */
export interface GatewayAccess {
  readonly api: Pick<Api, "get" | "execute">;
  readonly target: Target;
  readonly domain: string;
}

/** Weights of one gateway. Undefined if they cannot be read, for example because the user may not run commands in pods. */
const weightsOf = ({ api, domain }: GatewayAccess, pod: string): Promise<number[] | undefined> =>
  askEnvoy(api, { namespace: meshNamespace, name: pod }, "config_dump?resource=dynamic_route_configs").then(
    (dump) => routedWeights(dump, domain),
    () => undefined,
  );

/** Description of the first gateway with other routes. `areAllRead` is false when the routes of a gateway cannot be read. */
async function gatewaysAt(access: GatewayAccess, pods: readonly string[], weight: number) {
  const podWeights = await Promise.all(pods.map(async (pod) => ({ pod, weights: await weightsOf(access, pod) })));
  const differing = podWeights.find(({ weights }) => weights?.some((routed) => routed !== weight));
  return {
    areAllRead: podWeights.every(({ weights }) => weights?.length === 1),
    other: differing && `the gateway ${differing.pod} routes by ${differing.weights?.join(" % and ")} %`,
  };
}

/**
 * Sends requests, each over a new connection, until a response has another weight.
 *
 * @param answers - number of requests
 * @returns `all` is true if every response has the weight. Otherwise `other` is the first other weight, or undefined if a
 *   request got no weight.
 */
async function sampleWeights(target: Target, weight: number, answers: number, signal?: AbortSignal) {
  for (let i = 0; i < answers; i++) {
    const answerWeight = await getFrom(target, { signal }).then(
      (answer) => answer.weight,
      () => undefined,
    );
    if (answerWeight !== weight) return { all: false, other: answerWeight };
  }
  return { all: true, other: undefined };
}

/** Result of one check of all gateways. */
interface GatewayObservation {
  /** Undefined when every gateway routes by the weight. */
  readonly reason?: string;
  /** True when a gateway is known to route by another weight. */
  readonly isOther?: boolean;
}

async function observeGateways(
  access: GatewayAccess,
  weight: number,
  signal: AbortSignal | undefined,
): Promise<GatewayObservation> {
  const pods = await gatewayPods(access.api).catch((error: Error) => error);
  if (pods instanceof Error) return { reason: pods.message };
  if (pods.length === 0) return { reason: "no pod of the ingress gateway is running" };
  const { areAllRead, other } = await gatewaysAt(access, pods, weight);
  if (other) return { reason: other, isOther: true };
  const answers = areAllRead ? answersInRow : Math.max(answersInRow, drawsToSeeAll(pods.length, missRisk));
  const sample = await sampleWeights(access.target, weight, answers, signal);
  if (sample.all) return {};
  return sample.other === undefined
    ? { reason: "no answer says by which weight it was routed" }
    : { reason: `an answer came by ${sample.other} %`, isOther: true };
}

/**
 * Waits until every gateway routes by the weight. It reads the routes of each gateway, and then sends requests from
 * outside, whose responses must have the weight. If it cannot read the routes, it sends enough requests over new
 * connections to reach every gateway.
 *
 * @throws RoutedOtherwise if a gateway still routes by another weight when the time is over
 * @throws Error if no gateway answers in time, or the signal aborts
 */
export async function confirmWeight(
  access: GatewayAccess,
  weight: number,
  seconds: number,
  signal?: AbortSignal,
): Promise<void> {
  const { reason, isOther } = await poll(
    seconds,
    () => observeGateways(access, weight, signal),
    (observation) => observation.reason === undefined || signal?.aborted === true,
    200,
  );
  if (reason === undefined) return;
  if (signal?.aborted) throw new Error("interrupted");
  const message = `not every gateway routes by ${weight} % after ${seconds} s: ${reason}`;
  throw isOther ? new RoutedOtherwise(message) : new Error(message);
}
