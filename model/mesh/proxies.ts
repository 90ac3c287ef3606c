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

/** Length of the random part at the end of a nonce, a UUID. */
const random = 36;
/** Kinds of configuration that istiod sends anew when an EnvoyFilter changes. */
const filtered = ["cluster", "listener", "route"];

/**
 * A push of an istiod: its time and its number, such as 2026-01-31T10:00:00Z/12.
 * https://github.com/istio/istio/blob/1.30.3/pilot/pkg/xds/discovery.go (NextVersion, nonce)
 */
export const pushOf = (nonce: unknown): string => String(nonce ?? "").slice(0, -random);

/** The last push in which istiod sent clusters to a proxy. */
export const sentPush = (status: SyncStatus | undefined): string => pushOf(status?.[`cluster${sent}`]);

/** True if one push of an istiod came before another of the same istiod. */
export function isBefore(push: string, other: string): boolean {
  const [time = "", number = ""] = push.split("/");
  const [otherTime = "", otherNumber = ""] = other.split("/");
  return time === otherTime ? Number(number) < Number(otherNumber) : time < otherTime;
}

/**
 * True for a sidecar or a gateway to which istiod has sent nothing since a push that changed the EnvoyFilters of the whole
 * mesh. Such a push changes the configuration of each of them.
 *
 * @param push - undefined if it is not known yet
 */
export function isLate(status: SyncStatus, push: string | undefined): boolean {
  const nonces = filtered.map((kind) => status[`${kind}${sent}`]).filter(Boolean);
  if (!["sidecar", "router"].includes(String(status["proxy_type"])) || nonces.length === 0) return false;
  return push === undefined || nonces.some((nonce) => isBefore(pushOf(nonce), push));
}

/** Result of the comparison: `passed` if every proxy is connected and in sync. `evidence` names the others. */
export interface SyncResult {
  readonly passed: boolean;
  readonly evidence: string;
}

/**
 * Compares running proxies with the sync status in istiod, like `istioctl proxy-status`.
 *
 * @param running - all running proxies, as POD.NAMESPACE
 * @param served - the proxies connected to each istiod
 * @param lacking - kinds of configuration that a proxy lacks
 */
export function compareSync<Status extends SyncStatus>(
  running: readonly string[],
  served: readonly Status[],
  lacking: (status: Status) => readonly string[] = staleKinds,
): SyncResult {
  const known = new Map(served.map((status) => [String(status["proxy"]), lacking(status)] as const));
  const wrong = running.flatMap((proxy) => {
    const kinds = known.get(proxy);
    if (!kinds) return [`${proxy} is not connected`];
    return kinds.length > 0 ? [`${proxy} lacks the latest ${kinds.join(", ")}`] : [];
  });
  const count = `${running.length - wrong.length} of ${running.length} proxies in sync with istiod`;
  return { passed: running.length > 0 && wrong.length === 0, evidence: [count, ...wrong].join("; ") };
}
