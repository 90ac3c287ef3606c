/** Configuration that istiod sent to a proxy, and that the proxy acknowledged, such as `cluster_sent` and `cluster_acked`. */
export type SyncStatus = Readonly<Record<string, unknown>>;

const sent = "_sent";

/** Kinds of configuration that a proxy has not acknowledged, such as `listener`; empty if it is in sync. */
export function staleKinds(status: SyncStatus): string[] {
  return Object.keys(status)
    .filter((field) => field.endsWith(sent))
    .map((field) => field.slice(0, -sent.length))
    .filter((kind) => status[`${kind}${sent}`] && status[`${kind}${sent}`] !== status[`${kind}_acked`]);
}

/** True if every proxy is connected and in sync, with a line that names the others. */
export interface SyncResult {
  readonly passed: boolean;
  readonly evidence: string;
}

/**
 * Compares running proxies with the sync status in istiod, like `istioctl proxy-status`.
 *
 * @param running - all running proxies, as POD.NAMESPACE
 * @param served - the proxies connected to each istiod
 */
export function compareSync(running: readonly string[], served: readonly SyncStatus[]): SyncResult {
  const known = new Map(served.map((status) => [String(status["proxy"]), staleKinds(status)]));
  const wrong = running.flatMap((proxy) => {
    const kinds = known.get(proxy);
    if (!kinds) return [`${proxy} is not connected`];
    return kinds.length > 0 ? [`${proxy} lacks the latest ${kinds.join(", ")}`] : [];
  });
  const count = `${running.length - wrong.length} of ${running.length} proxies in sync with istiod`;
  return { passed: running.length > 0 && wrong.length === 0, evidence: [count, ...wrong].join("; ") };
}
