import type { Texts, UserObject } from "../manifests/objects";
import type { Path } from "../manifests/source";

/** Key of a request by which a consistent hash chooses a pod. */
export interface ConsistentHash {
  readonly httpHeaderName?: string;
  readonly httpQueryParameterName?: string;
  readonly httpCookie?: { readonly name?: string };
}

/** Settings of a DestinationRule for a host, a subset or a port. */
interface Settings {
  readonly loadBalancer?: {
    readonly consistentHash?: ConsistentHash;
    readonly localityLbSetting?: { readonly failoverPriority?: readonly string[] };
  };
  readonly connectionPool?: {
    readonly http?: { readonly http1MaxPendingRequests?: number; readonly http2MaxRequests?: number };
    readonly tcp?: { readonly maxConnections?: number };
  };
  readonly outlierDetection?: Readonly<Record<string, number>>;
  readonly tls?: { readonly mode?: string };
}
type PortSettings = Settings & { readonly port?: { readonly number?: number } };

export interface TrafficPolicy extends Settings {
  readonly portLevelSettings?: readonly PortSettings[];
}

export interface Subset {
  readonly name: string;
  readonly labels?: Texts;
  readonly trafficPolicy?: TrafficPolicy;
}

export const subsetsOf = ({ spec }: UserObject): readonly Subset[] => (spec?.subsets ?? []) as Subset[];

/** The policy of a whole DestinationRule. */
export const policyOf = ({ spec }: UserObject): TrafficPolicy => (spec?.trafficPolicy ?? {}) as TrafficPolicy;

/** The policy of a subset, which overrides the rule's setting by setting, with its path. Empty if the subset has none. */
export function subsetPolicy(rule: UserObject, subset: string): { policy: TrafficPolicy; path: Path } {
  const index = subsetsOf(rule).findIndex(({ name }) => name === subset);
  return { policy: subsetsOf(rule)[index]?.trafficPolicy ?? {}, path: ["spec", "subsets", index, "trafficPolicy"] };
}

/** The settings that a policy has for a port, which replace all of the policy's own, with their path. */
export function portSettings({ portLevelSettings = [] }: TrafficPolicy, port: number) {
  const index = portLevelSettings.findIndex((settings) => settings.port?.number === port);
  const settings = portLevelSettings[index];
  return settings && { settings, path: ["portLevelSettings", index] };
}
