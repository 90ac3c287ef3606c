import { setTimeout as pause } from "node:timers/promises";
import { getUrl } from "../../../host/http";
import type { Api } from "../../../host/kubernetes";
import { CounterReset, type CounterSnapshot, noTally, type Tallies } from "../../../model/canary/counters";
import {
  type GatewayScrapes,
  type PrometheusSeries,
  samplesQuery,
  scrapesOf,
} from "../../../model/canary/prometheusSamples";
import { pagePorts } from "../../../model/mesh/pages";
import { meshNamespace } from "../../../model/names";
import { type MetricsProvider, SlowThreshold } from "./metricsProvider";

/** Prometheus' response to a query (https://prometheus.io/docs/prometheus/latest/querying/api/). */
export interface PrometheusResponse {
  readonly status: string;
  readonly error?: string;
  readonly data?: { readonly result: readonly PrometheusSeries[] };
}

/** Seconds between two scrapes in Istio's sample Prometheus: the estimate until the samples show the real interval. */
const usualInterval = 15;
/** Seconds of samples from which the interval is learned. */
const history = 900;

/** Sends a query to a Prometheus. */
export type PrometheusQuery = (query: string, signal?: AbortSignal) => Promise<PrometheusResponse>;

const pathOf = (query: string): string => `/api/v1/query?query=${encodeURIComponent(query)}`;

/**
 * Sends queries to a Prometheus by its URL, such as http://127.0.0.1:9090.
 *
 * @throws Error when no Prometheus answers there
 */
export const queryByUrl =
  (url: string): PrometheusQuery =>
  async (query, signal) => {
    const { status, body } = await getUrl(`${url.replace(/\/$/, "")}${pathOf(query)}`, { signal });
    try {
      return JSON.parse(body) as PrometheusResponse;
    } catch {
      throw new Error(`${url} answers ${status}, which is no answer of Prometheus to a query`);
    }
  };

/** Sends queries to the environment's own Prometheus through the API server. */
export const queryThroughApi =
  (api: Pick<Api, "get">): PrometheusQuery =>
  (query) =>
    api.get(`/api/v1/namespaces/${meshNamespace}/services/prometheus:${pagePorts.prometheus}/proxy${pathOf(query)}`);

/** @throws Error with what Prometheus says against the query */
export async function readScrapes(query: PrometheusQuery, seconds: number): Promise<GatewayScrapes> {
  const { data, error } = await query(samplesQuery(seconds));
  if (!data) throw new Error(error ?? "it gives no answer to a query");
  return scrapesOf(data.result);
}

/**
 * Istio's metrics of the gateway's requests, as a Prometheus keeps them.
 *
 * A window begins and ends with a scrape. It ends when Prometheus has scraped every gateway again, whatever its interval
 * is. Istio's metrics count a request when it ends, so the requests under way come from the gateways themselves.
 *
 * @param gateways - reads the counters of the gateways
 * @param slowAbove - the bound for slow of an earlier part of the same rollout
 */
export function prometheusProvider(
  query: PrometheusQuery,
  gateways: () => Promise<CounterSnapshot>,
  byWeight: boolean,
  slowAbove?: number,
): MetricsProvider {
  const threshold = new SlowThreshold(slowAbove);
  let interval: number | undefined;

  /** Waits until every gateway was scraped again. */
  async function next(
    before: GatewayScrapes,
    seconds: number,
    signal: AbortSignal | undefined,
  ): Promise<GatewayScrapes> {
    const every = interval ?? usualInterval;
    const until = performance.now() + (seconds + 3 * every) * 1000;
    for (let wait = seconds; ; wait = Math.max(0.05, Math.min(seconds, every / 3))) {
      await pause(wait * 1000, undefined, { signal });
      const after = await readScrapes(query, Math.max(60, 3 * every));
      interval = after.interval ?? interval;
      const late = [...before.newest].filter(([place, time]) => (after.newest.get(place) ?? 0) <= time);
      const [first] = late;
      if (!first) return after;
      if (performance.now() < until) continue;
      // others were scraped, so Prometheus works
      if (late.length < before.newest.size) throw new CounterReset(`${first[0]} is gone`);
      throw new Error(`${first[0]} was not scraped for ${Math.round(seconds + 3 * every)} s`);
    }
  }

  return {
    name: "prometheus",
    byWeight,
    get lag() {
      return (interval ?? usualInterval) + 1;
    },
    measure: async (seconds, signal) => {
      const unknown = interval === undefined;
      const first = await readScrapes(query, unknown ? history : Math.max(60, 3 * (interval ?? 0)));
      interval = first.interval ?? interval;
      if (first.newest.size === 0) {
        await pause(seconds * 1000, undefined, { signal });
        throw new Error("it has no samples of the gateway's requests to the app");
      }
      // the caller did not know how old the samples may be
      const before = unknown ? await next(first, seconds, signal) : first;
      const underWay = await gateways();
      const after = await next(before, seconds, signal);
      const stillUnderWay = await gateways();
      // what a new place has counted so far may be days old
      for (const place of after.newest.keys()) if (!before.newest.has(place)) throw new Error(`${place} is new to it`);
      const time = Math.max(...after.newest.values()) - Math.max(...before.newest.values());
      return threshold.measurement(
        withActive(before.snapshot, underWay),
        withActive(after.snapshot, stillUnderWay),
        Math.max(time, seconds),
      );
    },
  };
}

/** Counters of Prometheus with the number of requests that are under way at the gateways. */
function withActive(counted: CounterSnapshot, gateways: CounterSnapshot): CounterSnapshot {
  const active = ({ v1, v2 }: Tallies): Tallies => ({
    v1: { ...noTally, active: v1.active },
    v2: { ...noTally, active: v2.active },
  });
  return new Map([...counted, ...[...gateways].map(([pod, tallies]) => [`${pod}, now`, active(tallies)] as const)]);
}
