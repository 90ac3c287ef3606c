import { app, meshNamespace } from "../names";
import { callOutcomes, type MtlsMode, type MtlsSettings, targets } from "../security/mtls";
import type { Settings } from "../settings/contract";
import type { MtlsRow } from "./state";

/** The fields of a PeerAuthentication that decide on a mode, as the API server returns them. */
export interface LivePeerAuthentication {
  readonly metadata: { readonly namespace: string; readonly creationTimestamp: string };
  readonly spec?: {
    readonly selector?: { readonly matchLabels?: Readonly<Record<string, string>> };
    readonly mtls?: { readonly mode?: string };
    readonly portLevelMtls?: Readonly<Record<string, { readonly mode?: string }>>;
  };
}

const known: readonly string[] = ["PERMISSIVE", "STRICT", "DISABLE"];

/**
 * Modes that the PeerAuthentications in the cluster set for the app.
 *
 * Of two at the same scope, Istio uses the older one
 * (https://istio.io/latest/docs/concepts/security/#peer-authentication). Without any, the mode is PERMISSIVE.
 */
export function liveModes(policies: readonly LivePeerAuthentication[], mtlsPort: number): MtlsSettings {
  const oldest = [...policies].sort((a, b) => a.metadata.creationTimestamp.localeCompare(b.metadata.creationTimestamp));
  const labels = (policy: LivePeerAuthentication) => Object.entries(policy.spec?.selector?.matchLabels ?? {});
  const withoutSelector = (namespace: string) =>
    oldest.find((policy) => policy.metadata.namespace === namespace && labels(policy).length === 0);
  const workload = oldest.find(
    (policy) =>
      policy.metadata.namespace === app.namespace &&
      labels(policy).length > 0 &&
      labels(policy).every(([key, value]) => key === "app" && value === app.name),
  );
  const mode = (value: string | undefined): MtlsMode | "UNSET" =>
    value !== undefined && known.includes(value) ? (value as MtlsMode) : "UNSET";
  const mesh = mode(withoutSelector(meshNamespace)?.spec?.mtls?.mode);
  return {
    mtlsMode: mesh === "UNSET" ? "PERMISSIVE" : mesh,
    mtlsNamespaceMode: mode(withoutSelector(app.namespace)?.spec?.mtls?.mode),
    mtlsWorkloadMode: mode(workload?.spec?.mtls?.mode),
    mtlsPortMode: mode(workload?.spec?.portLevelMtls?.[String(mtlsPort)]?.mode),
    mtlsPort,
  };
}

/** Outcome of each call under these modes, as rows of a table. */
export const mtlsRows = (modes: MtlsSettings, mesh: Pick<Settings, "dataplane" | "sidecarInjection">): MtlsRow[] =>
  callOutcomes({ ...modes, ...mesh }).map(({ target, mode, scope, calls: outcomes }) => ({
    target: targets[target],
    mode,
    scope,
    calls: Object.fromEntries(outcomes.map(({ name, call }) => [name, call])),
  }));
