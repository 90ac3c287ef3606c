import type { IPeerAuthentication } from "@kubernetes-models/istio/security.istio.io/v1/PeerAuthentication";
import { injectLabel, revisionLabel, withoutInjection } from "../mesh/injection";
import { revisionOf } from "../mesh/revisions";
import { tags } from "../mesh/tags";
import { app } from "../names";
import type { Settings } from "../settings/contract";

type Spec = NonNullable<IPeerAuthentication["spec"]>;
export type Mode = Settings["mtlsMode"];

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
export interface Effective {
  readonly mode: Mode;
  readonly scope: "port" | "workload" | "namespace" | "mesh";
}

/**
 * Effective modes by precedence: port, then workload, then namespace, then mesh.
 *
 * @returns the mode of the app's port, of its other ports, of other pods in its namespace, and of all other pods
 */
export function effectiveModes(settings: MtlsSettings) {
  const mesh: Effective = { mode: settings.mtlsMode, scope: "mesh" };
  const narrowed = (mode: Settings["mtlsPortMode"], scope: Effective["scope"], wider: Effective): Effective =>
    mode === "UNSET" ? wider : { mode, scope };
  const namespace = narrowed(settings.mtlsNamespaceMode, "namespace", mesh);
  const workload = narrowed(settings.mtlsWorkloadMode, "workload", namespace);
  const port = narrowed(settings.mtlsPortMode, "port", workload);
  return { appPort: port, appOtherPorts: workload, namespace, mesh };
}

/**
 * Labels of the app's namespace and pods for each way of injection, by the tag `stable`.
 *
 * The injector sees a pod only when it is created. The annotations in the template roll the Deployments when the way of
 * injection changes or the tag names another version (https://istio.io/latest/docs/setup/additional-setup/sidecar-injection/).
 *
 * @param version - of the control plane that the tag names
 */
export function injection(way: Settings["sidecarInjection"], version: string) {
  const byTag = { [revisionLabel]: tags.stable };
  const namespaceLabels: Readonly<Record<typeof way, Readonly<Record<string, string>>>> = {
    namespace: byTag,
    // a label of the namespace would override the label of the pods
    deployment: {},
    off: withoutInjection,
  };
  const podLabels = way === "deployment" ? { [injectLabel]: "true", ...byTag } : {};
  const revision = way === "off" ? {} : { [`${app.name}/sidecar-revision`]: revisionOf(version) };
  return {
    namespaceLabels: namespaceLabels[way],
    podLabels,
    podAnnotations: { [`${app.name}/sidecar-injection`]: way, ...revision },
  };
}

/** Result of a call: mutual TLS, plain text, or a reset connection. */
export type Call = "mTLS" | "plain" | "reset";

/** Kinds of callers, in the order of the output. */
export const callers = ["ingress gateway", "pod with sidecar", "pod without sidecar"] as const;
export type Caller = (typeof callers)[number];

/** Targets of calls: one for each effective mode. */
export const targets = {
  appPort: `${app.name} port ${app.containerPort}`,
  appOtherPorts: `${app.name} other ports`,
  namespace: `other pods in ${app.namespace}`,
  mesh: "pods in other namespaces",
} as const;
export type Target = keyof typeof targets;

/** For each target: its effective mode, and the result of a call from each kind of caller. */
export function calls(settings: MtlsSettings & Pick<Settings, "sidecarInjection">) {
  const modes = effectiveModes(settings);
  const call = (caller: Caller, mode: Mode, sidecar: boolean): Call => {
    if (!sidecar || mode === "DISABLE") return "plain";
    if (caller !== "pod without sidecar") return "mTLS";
    return mode === "STRICT" ? "reset" : "plain";
  };
  return (Object.keys(targets) as Target[]).map((target) => {
    // the label of the namespace disables injection for every pod in it, whatever the label of the pod
    const injected = target === "mesh" || settings.sidecarInjection !== "off";
    const { mode, scope } = modes[target];
    return {
      target,
      injected,
      mode,
      scope,
      calls: callers.map((by) => ({ caller: by, call: call(by, mode, injected) })),
    };
  });
}
