import { app, serviceHost } from "../names";
import { addTallies, noTally, type Tallies, type Tally } from "./counters";

/** One line of a text exposition (https://prometheus.io/docs/instrumenting/exposition_formats/). */
export interface Sample {
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly value: number;
}

/** The samples of a text exposition; what is no sample is passed over. */
export function samples(text: string): Sample[] {
  return text.split("\n").flatMap((line) => {
    const [, name, inner = "", value = ""] = /^([a-zA-Z_:][\w:]*)(?:\{(.*)\})? (\S+)/.exec(line) ?? [];
    if (name === undefined) return [];
    const labels = [...inner.matchAll(/(\w+)="((?:[^"\\]|\\.)*)"/g)].map(([, key = "", text = ""]) => [key, text]);
    return [{ name, labels: Object.fromEntries(labels), value: Number(value) }];
  });
}

/**
 * Statistics that a gateway's Envoy keeps of the app's subsets, as a regular expression over their whole names.
 *
 * Istio's proxies keep few statistics of clusters unless they are asked to (https://istio.io/latest/docs/ops/configuration/telemetry/envoy-stats/).
 */
export const gatewayStatistics = `cluster\\.outbound\\|${app.port}\\|(${app.subsets.join("|")})\\|${app.name}\\..*upstream_rq_([1-5]xx|time)`;

/** Part of the statistics' names by which Envoy can be asked for no others. */
export const statisticsFilter = "upstream_rq_([1-5]xx|time)";

/**
 * What a gateway has counted of each subset, from its Envoy's statistics in Prometheus' format.
 *
 * Where Istio's rules cut names into labels, the labels hold the cluster's whole name and the class of the response;
 * plain Envoy leaves part of both in the name of the metric. Either is understood (seen with Envoy 1.40).
 */
export function talliesOf(text: string): Tallies {
  const tallies = { v1: noTally, v2: noTally };
  for (const { name, labels, value } of samples(text)) {
    const [, , subset, host = ""] = (labels["cluster_name"] ?? labels["envoy_cluster_name"] ?? "").split("|");
    const known = app.subsets.find((name) => name === subset);
    const metric = /^envoy_cluster_(?:\w+_svc_cluster_local_)?upstream_rq(_xx|_time_bucket)?$/.exec(name);
    if (!known || !metric || ![serviceHost, app.name].includes(host.replace(";", ""))) continue;
    const tally = metric[1] === "_time_bucket" ? timed(labels, value) : answered(labels, value);
    tallies[known] = addTallies(tallies[known], tally);
  }
  return tallies;
}

const timed = ({ le = "+Inf" }: Sample["labels"], value: number): Tally => ({ ...noTally, within: { [le]: value } });

function answered(labels: Sample["labels"], value: number): Tally {
  const family = labels["response_code_class"] ?? labels["envoy_response_code_class"];
  if (family === undefined) return noTally;
  return { requests: value, errors: family.startsWith("5") ? value : 0, within: {} };
}
