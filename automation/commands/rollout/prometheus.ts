import type { Api } from "../../../host/kubernetes";
import { addTallies, noTally, type Snapshot, type Tallies, type Tally } from "../../../model/canary/counters";
import { pagePorts } from "../../../model/mesh/observability";
import { app, gateway, meshNamespace } from "../../../model/names";
import { counters, type MetricsProvider } from "./source";

/** What Prometheus answers to a query (https://prometheus.io/docs/prometheus/latest/querying/api/). */
export interface Answer {
  readonly status: string;
  readonly error?: string;
  readonly data?: {
    readonly result: readonly { readonly metric: Readonly<Record<string, string>>; readonly value: [number, string] }[];
  };
}

/** What the ingress gateway reports of the app by Istio's standard metrics (https://istio.io/latest/docs/reference/config/metrics/). */
const labels = {
  reporter: "source",
  source_workload: gateway.release,
  source_workload_namespace: meshNamespace,
  destination_service_name: app.name,
  destination_service_namespace: app.namespace,
};
const query = `{__name__=~"istio_requests_total|istio_request_duration_milliseconds_bucket",${Object.entries(labels)
  .map(([name, value]) => `${name}="${value}"`)
  .join(",")}}`;

/** Seconds between two scrapes of Prometheus as Istio's sample sets it up, and one to spare. */
const scrape = 16;

const path = `/api/v1/query?query=${encodeURIComponent(query)}`;

/** Puts the question to a Prometheus. */
export type Ask = () => Promise<Answer>;

/**
 * Asks a Prometheus by its URL, such as http://127.0.0.1:9090.
 *
 * @throws Error where no Prometheus answers there
 */
export const askByUrl =
  (url: string): Ask =>
  async () => {
    const response = await fetch(`${url.replace(/\/$/, "")}${path}`, { signal: AbortSignal.timeout(5000) });
    return (await response.json()) as Answer;
  };

/** Asks the environment's own Prometheus through the API server. */
export const askOwn =
  (api: Pick<Api, "get">): Ask =>
  () =>
    api.get(`/api/v1/namespaces/${meshNamespace}/services/prometheus:${pagePorts.prometheus}/proxy${path}`);

/** Istio's metrics of the gateway's requests, as a Prometheus keeps them. */
export function prometheus(ask: Ask, byWeight: boolean): MetricsProvider {
  return counters("prometheus", scrape, byWeight, () => prometheusSnapshot(ask));
}

/** @throws Error with what Prometheus says against the question */
export async function prometheusSnapshot(ask: Ask): Promise<Snapshot> {
  const { data, error } = await ask();
  if (!data) throw new Error(error ?? "it gives no answer to a query");
  return snapshotOf(data.result);
}

function snapshotOf(result: NonNullable<Answer["data"]>["result"]): Snapshot {
  const places = new Map<string, Tallies>();
  for (const { metric, value } of result) {
    const subset = app.subsets.find(
      (name) => name === metric["destination_version"] || name === metric["destination_canonical_revision"],
    );
    if (!subset) continue;
    const place = `gateway ${metric["pod"] ?? metric["instance"] ?? ""}`;
    const tallies = places.get(place) ?? { v1: noTally, v2: noTally };
    places.set(place, { ...tallies, [subset]: addTallies(tallies[subset], tallyOf(metric, Number(value[1]))) });
  }
  return places;
}

function tallyOf(
  { __name__: name, le = "+Inf", response_code: code = "" }: Record<string, string>,
  value: number,
): Tally {
  if (name?.endsWith("_bucket")) return { ...noTally, within: { [le]: value } };
  return { requests: value, errors: code.startsWith("5") ? value : 0, within: {} };
}
