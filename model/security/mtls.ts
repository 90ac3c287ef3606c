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

/** A PeerAuthentication as it is to be; `place` says in whose namespace. */
export interface PeerAuthentication {
  readonly scope: "mesh" | "namespace" | "workload";
  readonly place: "mesh" | "app";
  readonly name: string;
  readonly spec: Spec;
}

/**
 * The PeerAuthentications that settings ask for; a scope that is UNSET has none.
 *
 * Ports stand in the workload's, by the container's port: by the Service's they would be ignored
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

/** The mode that holds somewhere, and the scope that decided it. */
export interface Effective {
  readonly mode: Mode;
  readonly scope: "port" | "workload" | "namespace" | "mesh";
}

/**
 * The modes that hold after precedence: port before workload before namespace before mesh.
 *
 * @returns for the app's port, the app's other ports, other pods of its namespace, and all other pods
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
    // a label of the namespace would overrule the pods' own
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

/** What a call ends with: over mutual TLS, as plain text, or reset. */
export type Call = "mTLS" | "plain" | "reset";

/** Who calls, in the order in which it is told. */
export const callers = ["ingress gateway", "pod with sidecar", "pod without sidecar"] as const;
export type Caller = (typeof callers)[number];

/** Whom a call is for: one target for each place where a mode of its own can hold. */
export const targets = {
  appPort: `${app.name} port ${app.containerPort}`,
  appOtherPorts: `${app.name} other ports`,
  namespace: `other pods in ${app.namespace}`,
  mesh: "pods in other namespaces",
} as const;
export type Target = keyof typeof targets;

/** Who may talk to whom: for each target, under the mode that holds there, what each caller gets. */
export function calls(settings: MtlsSettings & Pick<Settings, "sidecarInjection">) {
  const modes = effectiveModes(settings);
  const call = (caller: Caller, mode: Mode, sidecar: boolean): Call => {
    if (!sidecar || mode === "DISABLE") return "plain";
    if (caller !== "pod without sidecar") return "mTLS";
    return mode === "STRICT" ? "reset" : "plain";
  };
  return (Object.keys(targets) as Target[]).map((target) => {
    // the label of its namespace keeps sidecars from every pod in it, whatever the pod's own says
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
