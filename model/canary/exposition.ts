import { app, type Subset, versionService } from "../names";
import { addTallies, boundOf, noTally, type Tallies, type Tally } from "./counters";

/** One line of a text exposition (https://prometheus.io/docs/instrumenting/exposition_formats/). */
export interface MetricSample {
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly value: number;
}

/** The samples of a text exposition. Ignores all other lines. */
export function parseExposition(text: string): MetricSample[] {
  return text.split("\n").flatMap((line) => {
    const [, name, inner = "", value = ""] = /^([a-zA-Z_:][\w:]*)(?:\{(.*)\})? (\S+)/.exec(line) ?? [];
    if (name === undefined) return [];
    const labels = [...inner.matchAll(/(\w+)="((?:[^"\\]|\\.)*)"/g)].map(([, key = "", text = ""]) => [key, text]);
    return [{ name, labels: Object.fromEntries(labels), value: Number(value) }];
  });
}

/** Names of the statistics of a cluster, as part of a regular expression. */
const keptStatistics =
  "(rq_([1-5]xx|time|timeout|per_try_timeout|tx_reset|rx_reset|active)|cx_(destroy_local_with_active_rq|protocol_error))";

/** Subset and service of each version in the names of Envoy's clusters: `outbound|80|v1|helloworld.…`, or with the Gateway API `outbound|80||helloworld-v1.…`. */
const clusters = app.subsets.flatMap((version) => [
  { version, subset: version, service: app.name },
  { version, subset: "", service: versionService(version) },
]);

/**
 * Statistics that a gateway's Envoy keeps of the app's versions, as a regular expression over their whole names.
 *
 * Istio's proxies keep few statistics of clusters by default (https://istio.io/latest/docs/ops/configuration/telemetry/envoy-stats/).
 */
export const gatewayStatistics = `cluster\\.outbound\\|${app.port}\\|(${clusters.map(({ subset, service }) => `${subset}\\|${service}`).join("|")})\\..*upstream_${keptStatistics}`;

/** Version of the app to which a cluster of Envoy routes, also by a name that ends before its first dot. Undefined for others. */
function versionOf(cluster: string): Subset | undefined {
  const [, , subset, host = ""] = cluster.replace(";", "").split("|");
  const hosts = (service: string) => [service, `${service}.${app.namespace}.svc.cluster.local`];
  return clusters.find((candidate) => candidate.subset === subset && hosts(candidate.service).includes(host))?.version;
}

/** Regular expression with which Envoy's admin interface returns only these statistics. */
export const statisticsFilter = `upstream_${keptStatistics}`;

/**
 * Statistics of requests that got no complete answer (seen with Envoy 1.40, in HTTP/1.1 to the version):
 * a client that gives up closes the connection to the version with its request on it, and so does a timeout of the route,
 * which is counted as a 504 too. A version that cuts an answer off breaks the protocol. In HTTP/2, streams are reset instead.
 */
const fields: Readonly<
  Record<string, "aborted" | "resetsSent" | "timeouts" | "cutOff" | "resetsReceived" | "milliseconds" | "active">
> = {
  cx_destroy_local_with_active_rq: "aborted",
  rq_tx_reset: "resetsSent",
  rq_timeout: "timeouts",
  rq_per_try_timeout: "timeouts",
  cx_protocol_error: "cutOff",
  rq_rx_reset: "resetsReceived",
  rq_time_sum: "milliseconds",
  rq_active: "active",
};

/** Statistics without which requests that got no answer, or that wait for one, could not be counted. */
const required = ["cx_destroy_local_with_active_rq", "rq_active"];

/**
 * Counts of each version at a gateway, from its Envoy's statistics in Prometheus' format.
 *
 * Istio's rules for tags put the cluster's whole name and the class of the response into labels. Plain Envoy leaves part
 * of both in the name of the metric. Reads both forms (seen with Envoy 1.40).
 *
 * @throws Error when the gateway counts answers, but not requests without one or under way
 */
export function talliesOf(text: string): Tallies {
  const tallies = { v1: noTally, v2: noTally };
  const countedMetrics = new Set<string>();
  for (const { name, labels, value } of parseExposition(text)) {
    const subset = versionOf(labels["cluster_name"] ?? labels["envoy_cluster_name"] ?? "");
    const [, metric] = /^envoy_cluster_(?:\w+_svc_cluster_local_)?upstream_(\w+)$/.exec(name) ?? [];
    if (!subset || !metric) continue;
    countedMetrics.add(metric);
    tallies[subset] = addTallies(tallies[subset], tallyOf(metric, labels, value));
  }
  const isComplete = required.every((name) => countedMetrics.has(name));
  if (!isComplete && Object.values(tallies).some(({ answers }) => Object.keys(answers).length > 0))
    throw new Error("the gateway does not count requests without an answer; the next up configures it to");
  return tallies;
}

function tallyOf(metric: string, labels: MetricSample["labels"], value: number): Tally {
  if (metric === "rq_time_bucket") return { ...noTally, within: { [boundOf(labels["le"] ?? "+Inf")]: value } };
  const field = fields[metric];
  if (field) return { ...noTally, [field]: value };
  const [first] = labels["response_code_class"] ?? labels["envoy_response_code_class"] ?? "";
  return first !== undefined && (metric === "rq" || metric === "rq_xx")
    ? { ...noTally, answers: { [first]: value } }
    : noTally;
}
