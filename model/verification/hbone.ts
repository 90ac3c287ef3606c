import { type MetricSample, parseExposition } from "../canary/exposition";
import { gateway, meshNamespace } from "../names";

/** Counter of ztunnel for opened connections (https://istio.io/latest/docs/reference/config/metrics/). */
const openedCounter = "istio_tcp_connections_opened_total";

/** Connections that the ztunnels carried to the targets of one run. */
export interface HboneConnections {
  /** Targets that the ingress gateway reached with its own identity. */
  readonly fromGateway: readonly string[];
  /** Targets that the pod of the run reached with its own identity. */
  readonly fromMember: readonly string[];
}

/**
 * The encrypted connections to the targets of a run. ztunnel reports `mutual_tls` for connections through HBONE, its tunnel,
 * and knows both identities only there.
 *
 * @param texts - statistics of each ztunnel
 * @param run - namespace of the run, with which the names of its targets begin
 */
export function hboneConnections(texts: readonly string[], run: string): HboneConnections {
  const connections = texts.flatMap(parseExposition).filter(({ name, labels, value }) => {
    const isOfRun = labels["destination_service_name"]?.startsWith(`${run}-`);
    return name === openedCounter && isOfRun && value > 0 && labels["connection_security_policy"] === "mutual_tls";
  });
  const from = (principal: string) =>
    connections.filter(({ labels }) => labels["source_principal"]?.endsWith(principal));
  const targets = (samples: readonly MetricSample[]) =>
    [...new Set(samples.map(({ labels }) => labels["destination_service_name"] ?? ""))].sort();
  return {
    fromGateway: targets(from(`/ns/${meshNamespace}/sa/${gateway.release}`)),
    fromMember: targets(from(`/ns/${run}/sa/default`)),
  };
}
