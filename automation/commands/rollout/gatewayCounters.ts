import { type Api, listOf } from "../../../host/kubernetes";
import type { CounterSnapshot, Tallies } from "../../../model/canary/counters";
import { statisticsFilter, talliesOf } from "../../../model/canary/exposition";
import { isRunning } from "../../../model/kubernetes";
import { gateway, meshNamespace } from "../../../model/names";
import { counterProvider, type MetricsProvider } from "./metricsProvider";

interface Pod {
  readonly metadata: { readonly name: string; readonly deletionTimestamp?: string };
  readonly status: { readonly phase?: string };
}

const pods = `/api/v1/namespaces/${meshNamespace}/pods`;
/** Port on which Istio's proxies serve Envoy's statistics to other pods. */
const statisticsPort = 15090;
/** Seconds after which Envoy's histograms are up to date: Envoy merges new values every five seconds. */
const flushSeconds = 6;

/** Names of the ingress gateway's pods that run and are not being deleted. */
export async function gatewayPods(api: Pick<Api, "get">): Promise<string[]> {
  const selector = Object.entries(gateway.selector).map(([key, value]) => `${key}=${value}`);
  const gateways = await listOf<Pod>(api, pods, selector.join(","));
  return gateways.filter(isRunning).map(({ metadata }) => metadata.name);
}

/**
 * Counters of each ingress gateway for each subset, read through the API server.
 *
 * @throws Error when no gateway runs, or one does not answer
 */
export async function gatewayTallies(api: Pick<Api, "get" | "text">): Promise<CounterSnapshot> {
  const readPod = async (pod: string): Promise<[string, Tallies]> => {
    const path = `${pods}/${pod}:${statisticsPort}/proxy/stats/prometheus?filter=${encodeURIComponent(statisticsFilter)}`;
    return [`gateway ${pod}`, talliesOf(await api.text(path))];
  };
  const names = await gatewayPods(api);
  if (names.length === 0) throw new Error("no pod of the ingress gateway is running");
  return new Map(await Promise.all(names.map(readPod)));
}

/**
 * All traffic through the ingress gateway, by the gateway's own counters. This provider sends no requests.
 *
 * @param slowAbove - threshold for slow responses of an earlier part of the same rollout
 */
export const gatewayProvider = (
  api: Pick<Api, "get" | "text">,
  byWeight: boolean,
  slowAbove?: number,
): MetricsProvider =>
  counterProvider("the gateway's counters", flushSeconds, byWeight, () => gatewayTallies(api), slowAbove);
