import { app, appServices, gateway, meshNamespace, type Subset, versionService } from "../names";
import { addTallies, boundOf, type CounterSnapshot, noTallies, noTally, type Tallies, type Tally } from "./counters";

/** One series of a Prometheus with its samples: seconds since 1970, and the value. */
export interface PrometheusSeries {
  readonly metric: Readonly<Record<string, string>>;
  readonly values: readonly (readonly [number, string])[];
}

/** Labels of the metrics that the ingress gateway reports of the app (https://istio.io/latest/docs/reference/config/metrics/). */
const labels = {
  reporter: "source",
  source_workload: gateway.release,
  source_workload_namespace: meshNamespace,
  destination_service_namespace: app.namespace,
};

const selector = [
  ...Object.entries(labels).map(([key, value]) => `${key}="${value}"`),
  `destination_service_name=~"${appServices}"`,
];

/** Query for the samples of so many seconds as they were scraped, with their own times. */
export const samplesQuery = (seconds: number): string =>
  `{__name__=~"istio_requests_total|istio_request_duration_milliseconds_(bucket|sum)",${selector.join(",")}}[${Math.ceil(seconds)}s]`;

/** The newest samples of every gateway, and when they were scraped. */
export interface GatewayScrapes {
  readonly snapshot: CounterSnapshot;
  /** Seconds since 1970 of the newest sample, by place. */
  readonly newest: ReadonlyMap<string, number>;
  /** Seconds between two scrapes. Undefined when there is only one. */
  readonly interval: number | undefined;
}

/** Flags of a response whose body was not complete (https://www.envoyproxy.io/docs/envoy/latest/configuration/observability/access_log/usage). */
const incomplete = new Set(["DC", "DPE", "DT", "LR", "SI", "UC", "UMSDR", "UPE", "UR", "URX", "UT"]);

function tallyOf({ metric }: PrometheusSeries, value: number): Tally {
  const { __name__: name, le = "+Inf", response_code: code = "0", response_flags: flags = "-" } = metric;
  // a client that gave up before there was a status
  const answered = /^[1-5]/.test(code);
  if (name?.endsWith("_bucket")) return answered ? { ...noTally, within: { [boundOf(le)]: value } } : noTally;
  if (name?.endsWith("_sum")) return answered ? { ...noTally, milliseconds: value } : noTally;
  if (!answered) return { ...noTally, aborted: value };
  const cutOff = !code.startsWith("5") && flags.split(",").some((flag) => incomplete.has(flag));
  return { ...noTally, answers: { [code.charAt(0)]: value }, cutOff: cutOff ? value : 0 };
}

/** True for a series of a version. Each version has a Service of its own if the routes are those of the Gateway API. */
const isOf = (metric: PrometheusSeries["metric"], subset: Subset): boolean =>
  metric["destination_version"] === subset ||
  metric["destination_canonical_revision"] === subset ||
  metric["destination_service_name"] === versionService(subset);

/** The newest samples of a query's series. */
export function scrapesOf(series: readonly PrometheusSeries[]): GatewayScrapes {
  const [places, newest] = [new Map<string, Tallies>(), new Map<string, number>()];
  const intervals = new Map<string, number>();
  for (const gatewaySeries of series) {
    const { metric, values } = gatewaySeries;
    const subset = app.subsets.find((name) => isOf(metric, name));
    const last = values.at(-1);
    if (!subset || !last) continue;
    const place = `gateway ${metric["pod"] ?? metric["instance"] ?? ""}`;
    const tallies = places.get(place) ?? noTallies;
    places.set(place, { ...tallies, [subset]: addTallies(tallies[subset], tallyOf(gatewaySeries, Number(last[1]))) });
    newest.set(place, Math.max(newest.get(place) ?? 0, last[0]));
    // a scrape that failed leaves a gap, so the least distance counts
    for (const [i, [time]] of values.entries()) {
      const before = values[i - 1];
      if (before) intervals.set(place, Math.min(intervals.get(place) ?? Number.POSITIVE_INFINITY, time - before[0]));
    }
  }
  const interval = intervals.size === 0 ? undefined : Math.max(...intervals.values());
  return { snapshot: places, newest, interval };
}
