/** What istiod sent to a proxy and what the proxy said of it, by fields such as `cluster_sent` and `cluster_acked`. */
export type SyncStatus = Readonly<Record<string, unknown>>;

const sent = "_sent";

/** Kinds of configuration of which a proxy has not taken the latest, such as `listener`; none when it is in sync. */
export function stale(status: SyncStatus): string[] {
  return Object.keys(status)
    .filter((field) => field.endsWith(sent))
    .map((field) => field.slice(0, -sent.length))
    .filter((kind) => status[`${kind}${sent}`] && status[`${kind}${sent}`] !== status[`${kind}_acked`]);
}

/** Whether every proxy of the cluster is connected and in sync, and a line that tells which is not. */
export interface Synced {
  readonly passed: boolean;
  readonly evidence: string;
}

/**
 * Compares the proxies that run with those that istiod serves, as `istioctl proxy-status` does.
 *
 * @param running - proxies that should be there, as POD.NAMESPACE
 * @param served - what every istiod tells of the proxies connected to it
 */
export function synced(running: readonly string[], served: readonly SyncStatus[]): Synced {
  const known = new Map(served.map((status) => [String(status["proxy"]), stale(status)]));
  const wrong = running.flatMap((proxy) => {
    const kinds = known.get(proxy);
    if (!kinds) return [`${proxy} is not connected`];
    return kinds.length > 0 ? [`${proxy} lacks the latest ${kinds.join(", ")}`] : [];
  });
  const count = `${running.length - wrong.length} of ${running.length} proxies in sync with istiod`;
  return { passed: running.length > 0 && wrong.length === 0, evidence: [count, ...wrong].join("; ") };
}
