import { parseDocument } from "yaml";
import type { Dataplane } from "../../mesh/ambient";
import { podPullSecrets } from "../../security/pullSecrets";
import type { KubeObject, Texts } from "../manifests/objects";
import type { StandIn } from "./standIns";

/** Label of everything that a run makes: the environment's stack, so that a later run finds what a killed one left. */
export const trialLabel = "istio-on-k3d.trial/stack";
/** Label of pods that answer or send: the workload's name. */
export const workloadLabel = "istio-on-k3d.trial/workload";
/** ConfigMap with the programs of stand-ins and callers, and Secret with the certificate of those that serve TLS. */
export const programsName = "istio-trial-programs";
export const servingName = "istio-trial-serving";
/** Secret with the client certificates of the caller outside the cluster. */
export const clientsName = "istio-trial-clients";
/** Annotation of pods with the labels of their namespace that decide about sidecars. */
const injectionMark = "istio-on-k3d.trial/injection";
/** Annotation of pods with the digest of their programs: pods start anew when the project changes while a run is kept. */
const programsMark = "istio-on-k3d.trial/programs";
/** Container that answers and sends. */
export const containerName = "trial";
/** Port of the readiness probe of a stand-in. */
const readyPort = 18_080;

/** Settings that all pods share. */
export interface PodSettings {
  readonly image: string;
  /** Digest of the programs. */
  readonly digest: string;
  /** Namespaces whose stand-ins also serve TLS. */
  readonly servesTls: (namespace: string) => boolean;
  /** Labels of a namespace that decide about sidecars: pods start anew when they change. */
  readonly injection: (namespace: string) => string;
  /** Names of the Secrets with which pods pull. */
  readonly pullSecrets: readonly string[];
  /** Dataplane of the environment. */
  readonly dataplane: Dataplane;
}

/** A pod that answers, or sends, or both. */
export interface PodSpec {
  readonly namespace: string;
  readonly name: string;
  readonly labels: Texts;
  readonly annotations?: Texts;
  readonly serviceAccount?: string | undefined;
  readonly sidecar?: boolean | undefined;
  /** Name and ports of a stand-in; undefined for a pod that only sends. */
  readonly answers?: Pick<StandIn, "id" | "ports">;
  /** True if it shows client certificates. */
  readonly clients?: boolean;
  readonly kind?: StandIn["kind"];
  readonly serviceName?: string | undefined;
  readonly replicas?: number;
}

/**
 * Time in which a proxy closes the connections that it accepted by an earlier configuration. Istio's default is 45 s, in which
 * the first request on each connection that a caller's proxy has kept is still answered by that configuration.
 */
export const drainDuration = "1s";

/** Annotations of the user's pods that would change more than what is tested. */
const dropped = /^(sidecar\.istio\.io\/(userVolume|userVolumeMount|bootstrapOverride)|kubectl\.kubernetes\.io\/)/;

/**
 * Configuration of a pod's sidecar. Mesh tests have sidecars in an environment in ambient too. There istiod would make them
 * accept HBONE, so without that the same manifests mean the same in both.
 */
function proxyConfig(annotations: Texts, dataplane: Dataplane): string {
  const text = annotations["proxy.istio.io/config"] ?? "{}";
  const document = parseDocument(text);
  const value: unknown = document.errors.length > 0 ? undefined : document.toJS();
  // the injector rejects what it cannot read
  if (typeof value !== "object" || value === null || Array.isArray(value)) return text;
  const ownConfig = value as { readonly proxyMetadata?: object };
  const proxyMetadata = {
    ...ownConfig.proxyMetadata,
    ...(dataplane === "ambient" && { ISTIO_META_ENABLE_HBONE: "false" }),
  };
  return JSON.stringify({
    drainDuration,
    ...ownConfig,
    holdApplicationUntilProxyStarts: true,
    ...(Object.keys(proxyMetadata).length > 0 && { proxyMetadata }),
  });
}

/** The workload of a stand-in or a caller: the user's labels, service account and namespace, with this project's container. */
export function podWorkload(
  spec: PodSpec,
  { image, digest, servesTls, injection, pullSecrets, dataplane }: PodSettings,
): KubeObject {
  const {
    namespace,
    name,
    labels,
    annotations = {},
    serviceAccount,
    sidecar,
    answers,
    clients,
    kind = "Deployment",
  } = spec;
  const tls = answers !== undefined && servesTls(namespace);
  const mounts = [
    { name: "programs", mountPath: "/trial/programs" },
    ...(tls ? [{ name: "serving", mountPath: "/trial/serving" }] : []),
    ...(clients ? [{ name: "clients", mountPath: "/trial/clients" }] : []),
  ];
  const ports = answers?.ports ?? [];
  const environment = answers && {
    env: [
      { name: "TRIAL_WORKLOAD", value: answers.id },
      { name: "TRIAL_PORTS", value: ports.map(({ number }) => number).join(",") },
      { name: "TRIAL_READY_PORT", value: String(readyPort) },
      { name: "TRIAL_POD", valueFrom: { fieldRef: { fieldPath: "metadata.name" } } },
    ],
    ports: ports.map(({ name, number }) => ({ containerPort: number, ...(name !== undefined && { name }) })),
    readinessProbe: { httpGet: { path: "/ready", port: readyPort }, periodSeconds: 1, failureThreshold: 60 },
  };
  const inject = sidecar === undefined ? {} : { "sidecar.istio.io/inject": String(sidecar) };
  const kept = Object.fromEntries(Object.entries(annotations).filter(([key]) => !dropped.test(key)));
  const marked = { ...labels, ...inject, [workloadLabel]: name };
  return {
    apiVersion: "apps/v1",
    kind,
    metadata: { name, namespace },
    spec: {
      replicas: spec.replicas ?? 1,
      selector: { matchLabels: { [workloadLabel]: name } },
      ...(kind === "StatefulSet" && { serviceName: spec.serviceName ?? name, podManagementPolicy: "Parallel" }),
      template: {
        metadata: {
          labels: marked,
          annotations: {
            ...kept,
            "proxy.istio.io/config": proxyConfig(kept, dataplane),
            [injectionMark]: injection(namespace),
            [programsMark]: digest,
          },
        },
        spec: {
          ...(serviceAccount && serviceAccount !== "default" && { serviceAccountName: serviceAccount }),
          ...podPullSecrets(pullSecrets),
          terminationGracePeriodSeconds: 0,
          enableServiceLinks: false,
          containers: [
            {
              name: containerName,
              image,
              command: answers
                ? ["node", "--max-old-space-size=64", "/trial/programs/server.mjs"]
                : ["sleep", "infinity"],
              ...environment,
              resources: { requests: { cpu: "5m", memory: "32Mi" } },
              volumeMounts: mounts,
            },
          ],
          volumes: [
            { name: "programs", configMap: { name: programsName } },
            ...(tls ? [{ name: "serving", secret: { secretName: servingName } }] : []),
            ...(clients ? [{ name: "clients", secret: { secretName: clientsName } }] : []),
          ],
        },
      },
    },
  };
}
