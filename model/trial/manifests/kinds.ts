import { closest, distance } from "fastest-levenshtein";

/** A kind that a test applies. */
export interface Kind {
  readonly plural: string;
  readonly clusterScoped?: boolean;
}

const istio: Readonly<Record<string, readonly string[]>> = {
  "networking.istio.io": [
    "VirtualService",
    "DestinationRule",
    "Gateway",
    "ServiceEntry",
    "Sidecar",
    "EnvoyFilter",
    "WorkloadEntry",
    "WorkloadGroup",
    "ProxyConfig",
  ],
  "security.istio.io": ["AuthorizationPolicy", "PeerAuthentication", "RequestAuthentication"],
  "telemetry.istio.io": ["Telemetry"],
  "extensions.istio.io": ["WasmPlugin", "TrafficExtension"],
  "gateway.networking.k8s.io": [
    "Gateway",
    "HTTPRoute",
    "GRPCRoute",
    "TLSRoute",
    "TCPRoute",
    "UDPRoute",
    "ReferenceGrant",
    "BackendTLSPolicy",
  ],
};

const kubernetes: Readonly<Record<string, readonly string[]>> = {
  "": ["Namespace", "Service", "ServiceAccount", "Secret", "ConfigMap"],
  apps: ["Deployment", "StatefulSet"],
  // istiod serves those of its class
  "networking.k8s.io": ["Ingress"],
  // istiod sends a Secret only to a proxy whose service account may read it
  "rbac.authorization.k8s.io": ["Role", "RoleBinding"],
};

/** Kinds of Kubernetes that exist and that a test does without. */
const without: Readonly<Record<string, readonly string[]>> = {
  "": [
    "Pod",
    "PersistentVolumeClaim",
    "PersistentVolume",
    "Endpoints",
    "ReplicationController",
    "ResourceQuota",
    "LimitRange",
    "PodTemplate",
    "Node",
    "Event",
  ],
  "rbac.authorization.k8s.io": ["ClusterRole", "ClusterRoleBinding"],
  apps: ["DaemonSet", "ReplicaSet", "ControllerRevision"],
  "networking.k8s.io": ["NetworkPolicy", "IngressClass", "IPAddress", "ServiceCIDR"],
};

/** Group of an apiVersion; the core group is empty. */
export const groupOf = (apiVersion: string): string =>
  apiVersion.includes("/") ? (apiVersion.split("/")[0] ?? "") : "";

const pluralOf = (kind: string): string => {
  const lower = kind.toLowerCase();
  if (lower.endsWith("ss")) return `${lower}es`;
  return /[^aeiou]y$/.test(lower) ? `${lower.slice(0, -1)}ies` : `${lower}s`;
};

/** A run applies an object, leaves it out, or refuses a kind that does not exist. */
export type Verdict = { readonly kind: Kind } | { readonly leftOut: string } | { readonly unknown: string };

/** Looks a kind up by apiVersion and name. */
export function kindOf(apiVersion: string, kind: string): Verdict {
  const group = groupOf(apiVersion);
  const applied = istio[group] ?? kubernetes[group];
  if (applied?.includes(kind))
    return { kind: { plural: pluralOf(kind), ...(kind === "Namespace" && { clusterScoped: true }) } };
  if (without[group]?.includes(kind)) return { leftOut: "a test does without this kind" };
  if (!applied) return { leftOut: "not a kind of Istio, and not needed to send a request" };
  if (group.endsWith("k8s.io") && kind === "GatewayClass") return { leftOut: "belongs to the environment" };
  const near = closest(kind, [...applied]);
  const hint = distance(near, kind) < 4 ? `; did you mean ${near}?` : `; allowed: ${applied.join(", ")}`;
  return { unknown: `kind ${kind} does not exist in ${apiVersion}${hint}` };
}

/** True if an object configures the mesh, and so may stand in the mesh's root namespace. */
export const configuresMesh = (apiVersion: string): boolean => istio[groupOf(apiVersion)] !== undefined;
