import type { IPeerAuthentication } from "@kubernetes-models/istio/security.istio.io/v1/PeerAuthentication";
import type { Dataplane } from "../mesh/ambient";
import { app } from "../names";
import type { Settings } from "../settings/contract";

type Spec = NonNullable<IPeerAuthentication["spec"]>;
export type MtlsMode = Settings["mtlsMode"];

/** The settings that decide on mTLS, from the widest scope to the narrowest. */
export type MtlsSettings = Pick<
  Settings,
  "mtlsMode" | "mtlsNamespaceMode" | "mtlsWorkloadMode" | "mtlsPortMode" | "mtlsPort"
>;

/** A PeerAuthentication to create, in the namespace of the mesh or of the app. */
export interface PeerAuthentication {
  readonly scope: "mesh" | "namespace" | "workload";
  readonly place: "mesh" | "app";
  readonly name: string;
  readonly spec: Spec;
}

/**
 * PeerAuthentications of the configured scopes; none for a scope that is UNSET.
 *
 * Port modes are part of the workload's policy, by container port. Istio ignores the Service's port there
 * (https://istio.io/latest/docs/reference/config/security/peer_authentication/).
 */
export function peerAuthentications(settings: MtlsSettings): PeerAuthentication[] {
  const { mtlsMode, mtlsNamespaceMode, mtlsWorkloadMode, mtlsPortMode, mtlsPort } = settings;
  const mtls = (mode: Settings["mtlsWorkloadMode"]) => (mode === "UNSET" ? {} : { mtls: { mode } });
  const ports = mtlsPortMode === "UNSET" ? {} : { portLevelMtls: { [mtlsPort]: { mode: mtlsPortMode } } };
  const workload: Spec = { selector: { matchLabels: { app: app.name } }, ...mtls(mtlsWorkloadMode), ...ports };
  return [
    { scope: "mesh", place: "mesh", name: "default", spec: { mtls: { mode: mtlsMode } } },
    ...(mtlsNamespaceMode === "UNSET"
      ? []
      : [{ scope: "namespace", place: "app", name: "default", spec: mtls(mtlsNamespaceMode) } as const]),
    ...(mtlsWorkloadMode === "UNSET" && mtlsPortMode === "UNSET"
      ? []
      : [{ scope: "workload", place: "app", name: app.name, spec: workload } as const]),
  ];
}

/** An effective mode, and the scope that decided it. */
export interface EffectiveMode {
  readonly mode: MtlsMode;
  readonly scope: "port" | "workload" | "namespace" | "mesh";
}

/**
 * Effective modes by precedence: port, then workload, then namespace, then mesh.
 *
 * @returns the mode of the app's port, of its other ports, of other pods in its namespace, and of all other pods
 */
export function effectiveModes(settings: MtlsSettings) {
  const mesh: EffectiveMode = { mode: settings.mtlsMode, scope: "mesh" };
  const narrowed = (
    mode: Settings["mtlsPortMode"],
    scope: EffectiveMode["scope"],
    wider: EffectiveMode,
  ): EffectiveMode => (mode === "UNSET" ? wider : { mode, scope });
  const namespace = narrowed(settings.mtlsNamespaceMode, "namespace", mesh);
  const workload = narrowed(settings.mtlsWorkloadMode, "workload", namespace);
  const port = narrowed(settings.mtlsPortMode, "port", workload);
  return { appPort: port, appOtherPorts: workload, namespace, mesh };
}

/** Result of a call: mutual TLS, plain text, or a reset connection. */
export type CallOutcome = "mTLS" | "plain" | "reset";

/** Kinds of callers, in the order of the output: the ingress gateway, and pods that are members of the mesh or are not. */
export const callers = ["gateway", "member", "outsider"] as const;
export type Caller = (typeof callers)[number];

/** Names of the kinds of callers for the reader. */
const callerNames: Readonly<Record<Dataplane, Readonly<Record<Caller, string>>>> = {
  sidecar: { gateway: "ingress gateway", member: "pod with sidecar", outsider: "pod without sidecar" },
  ambient: { gateway: "ingress gateway", member: "pod in ambient", outsider: "pod outside the mesh" },
};

/** Targets of calls: one for each effective mode. */
export const targets = {
  appPort: `${app.name} port ${app.containerPort}`,
  appOtherPorts: `${app.name} other ports`,
  namespace: `other pods in ${app.namespace}`,
  mesh: "pods in other namespaces",
} as const;
export type Target = keyof typeof targets;

/** For each target: its effective mode, and the result of a call from each kind of caller. */
export function callOutcomes(settings: MtlsSettings & Pick<Settings, "dataplane" | "sidecarInjection">) {
  const modes = effectiveModes(settings);
  const call = (caller: Caller, mode: MtlsMode, isMember: boolean): CallOutcome => {
    if (!isMember || mode === "DISABLE") return "plain";
    if (caller !== "outsider") return "mTLS";
    return mode === "STRICT" ? "reset" : "plain";
  };
  return (Object.keys(targets) as Target[]).map((target) => {
    // the label of the namespace disables injection for every pod in it, whatever the label of the pod
    const isMember = target === "mesh" || settings.dataplane === "ambient" || settings.sidecarInjection !== "off";
    const { mode, scope } = modes[target];
    return {
      target,
      isMember,
      mode,
      scope,
      calls: callers.map((caller) => ({
        caller,
        name: callerNames[settings.dataplane][caller],
        call: call(caller, mode, isMember),
      })),
    };
  });
}
