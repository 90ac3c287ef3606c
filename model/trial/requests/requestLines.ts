import { isInbound } from "../reasons/context";
import { type AccessEntry, requestOf } from "./accessLog";
import { type Answer, type Arrival, type Observation, resultOf } from "./observation";
import { urlParts } from "./urls";

/** Access log of all proxies, by request and by connection. */
export interface LogIndex {
  readonly byRequest: ReadonlyMap<string, readonly AccessEntry[]>;
  readonly byDownstream: ReadonlyMap<string, readonly AccessEntry[]>;
}

export function logIndex(log: readonly AccessEntry[]): LogIndex {
  const byRequest = new Map<string, AccessEntry[]>();
  const byDownstream = new Map<string, AccessEntry[]>();
  const add = (map: Map<string, AccessEntry[]>, key: string | undefined, entry: AccessEntry): void => {
    if (!key) return;
    const entries = map.get(key);
    if (entries) entries.push(entry);
    else map.set(key, [entry]);
  };
  for (const entry of log) {
    add(byRequest, requestOf(entry), entry);
    add(byDownstream, entry.downstream, entry);
  }
  return { byRequest, byDownstream };
}

/**
 * Lines of the proxies on one request's way: those that carry its id, and those of its connections. Proxies log no id for a
 * connection whose requests they do not see, such as TCP and TLS that passes through.
 *
 * @param local - address and port of the caller on its connection
 */
export function entriesOf({ byRequest, byDownstream }: LogIndex, id: string, local: string | undefined): AccessEntry[] {
  const byId = byRequest.get(id) ?? [];
  const entries = new Set(byId);
  const ends = new Set([local, ...byId.map(({ upstreamLocal }) => upstreamLocal)]);
  for (const end of ends)
    for (const entry of (end && byDownstream.get(end)) || []) {
      if ((requestOf(entry) ?? id) !== id) continue;
      entries.add(entry);
      if (entry.upstreamLocal) ends.add(entry.upstreamLocal);
    }
  return [...entries];
}

/**
 * Lines of the requests of one run: a log also has those of the run before it, whose routes may have the same names.
 *
 * @param index - of the log
 * @param run - first part of the ids of its requests
 * @param answers - whose connections may carry no id
 */
export function entriesOfRun(
  log: readonly AccessEntry[],
  index: LogIndex,
  run: string,
  answers: readonly Pick<Answer, "id" | "local">[],
): AccessEntry[] {
  const ofConnections = new Set(answers.flatMap(({ id, local }) => entriesOf(index, id, local)));
  return log.filter((entry) => requestOf(entry)?.startsWith(`${run}-`) || ofConnections.has(entry));
}

/** The pods whose proxies log the requests of a run, NAMESPACE/POD. */
export interface LoggingPods {
  /** False for a pod without a proxy, and for one some of whose traffic passes by its proxy. */
  readonly logs: (pod: string) => boolean;
  /** Pod that has an address. */
  readonly at: (address: string) => string | undefined;
}

/** Name of the sender's side in {@link missingLines}: the caller's sidecar, or the gateway through which it enters. */
export const sendingProxy = "the sender";

const podOf = ({ workload, pod }: Arrival): string => `${workload.split("/")[0]}/${pod}`;

/**
 * Proxies whose lines of a request are missing, by what is known of the request: a sender's proxy logs each request with a
 * status, a sidecar each arrival at its workload, and a line names the next pod. A connection that failed may be in no log.
 *
 * @param entries - lines of this request
 * @param url - of the request
 * @param isSentByProxy - true if a sidecar or a gateway sends it on
 */
export function missingLines(
  { answer, arrivals }: Observation,
  entries: readonly AccessEntry[],
  { url, isSentByProxy }: { readonly url: string; readonly isSentByProxy: boolean },
  pods: LoggingPods,
): string[] {
  const isHttp = urlParts(url).scheme !== "tcp";
  const lacksSender =
    isSentByProxy && isHttp && answer.status !== undefined && !entries.some((entry) => !isInbound(entry));
  const reached = arrivals.filter(({ method, tls }) => method !== "TCP" && !tls).map(podOf);
  const next = entries
    .filter((entry) => !isInbound(entry) && entry.flags.length === 0)
    .flatMap(({ proxy, upstream }) => {
      const pod = pods.at(upstream.replace(/:\d+$/, ""));
      return pod && pod !== proxy ? [pod] : [];
    });
  const silent = [...reached, ...next].filter((pod) => pods.logs(pod) && !entries.some(({ proxy }) => proxy === pod));
  return [...new Set([...(lacksSender ? [sendingProxy] : []), ...silent])];
}

/**
 * True if lines may still come that explain a result but that no proxy is certain to write: those of a connection that failed.
 *
 * @param isPass - true if the case passes and needs no reasons
 */
export function mayLackLines(
  observation: Observation,
  entries: readonly AccessEntry[],
  { isPass, isSentByProxy }: { readonly isPass: boolean; readonly isSentByProxy: boolean },
): boolean {
  // a request without a connection is in no log
  if (!observation.answer.local) return false;
  if (isPass) return entries.length === 0 && resultOf(observation) !== "tls-error";
  return entries.length === 0 || (isSentByProxy && entries.every(isInbound));
}
