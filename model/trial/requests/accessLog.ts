/** A line of a proxy's access log, in Istio's default text format. */
export interface AccessEntry {
  /** Pod whose proxy wrote it, NAMESPACE/NAME. */
  readonly proxy: string;
  readonly time: string;
  readonly method: string;
  readonly path: string;
  readonly status: number;
  /** Such as NR or UF; empty for none. */
  readonly flags: readonly string[];
  readonly details: string;
  /** Error of the TLS connection to the other end. */
  readonly transport: string;
  readonly agent: string;
  readonly requestId: string;
  readonly authority: string;
  readonly upstream: string;
  /** Cluster, such as outbound|80|v2|reviews.books.svc.cluster.local. */
  readonly cluster: string;
  /** Address and port of this proxy on the connection to the next pod. */
  readonly upstreamLocal: string;
  /** Address and port at which this proxy received the request: those of the pod, or those that a caller's connection names. */
  readonly local: string;
  /** Address and port of the sender, as far as this proxy believes `x-forwarded-for`. The port is 0 if that header says it. */
  readonly downstream: string;
  readonly sni: string;
  readonly route: string;
}

/**
 * https://istio.io/latest/docs/tasks/observability/logs/access-log/#default-access-log-format
 */
const line = new RegExp(
  [
    String.raw`^\[([^\]]+)\] "([^"]*)"`, // time, request line
    String.raw`(\S+) (\S+) (\S+) (\S+) "([^"]*)"`, // status, flags, details, termination, transport failure
    String.raw`(\S+) (\S+) (\S+) (\S+)`, // bytes received, sent, duration, upstream time
    `"([^"]*)" "([^"]*)" "([^"]*)" "([^"]*)" "([^"]*)"`, // forwarded for, agent, id, authority, upstream
    String.raw`(\S+) (\S+) (\S+) (\S+) (\S+) (.*)$`, // cluster, addresses, sni, route
  ].join(" "),
);

const dash = (text: string | undefined): string => (text === undefined || text === "-" ? "" : text);

/** Reads one line; undefined for a line that is no access log. */
export function accessEntry(proxy: string, text: string): AccessEntry | undefined {
  const match = line.exec(text.trim());
  if (!match) return undefined;
  const [, time = "", request = "", status, flags, details, , transport, , , , , , agent, id, authority, upstream] =
    match;
  const [cluster, upstreamLocal, local, downstream, sni, route] = match.slice(17);
  const [method = "", path = ""] = request.split(" ");
  return {
    proxy,
    time,
    method: dash(method),
    path: dash(path),
    status: Number(status),
    flags: dash(flags).split(",").filter(Boolean),
    details: dash(details),
    transport: dash(transport),
    agent: dash(agent),
    requestId: dash(id),
    authority: dash(authority),
    upstream: dash(upstream),
    cluster: dash(cluster),
    upstreamLocal: dash(upstreamLocal),
    local: dash(local),
    downstream: dash(downstream),
    sni: dash(sni),
    route: dash(route),
  };
}

/** Prefix of the user agent by which lines of a run's requests are found again: a gateway replaces request ids. */
export const agentPrefix = "istio-trial/";

/** Id of the request that a line is about; undefined for traffic of others. */
export function requestOf({ agent, requestId }: AccessEntry): string | undefined {
  if (agent.startsWith(agentPrefix)) return agent.slice(agentPrefix.length);
  return requestId.startsWith("t-") ? requestId : undefined;
}
