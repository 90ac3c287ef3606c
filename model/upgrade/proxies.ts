import { isRunning } from "../kubernetes";
import { injectionLabel, revisionLabel } from "../mesh/injection";
import { revisionOf } from "../mesh/revisions";
import type { ProxyCounts } from "./journal";

interface Container {
  readonly name: string;
  readonly image?: string;
}

/** The fields of a pod that show its proxy. */
export interface ProxyPod {
  readonly metadata: { readonly name: string; readonly namespace: string; readonly deletionTimestamp?: string };
  readonly spec: { readonly containers: readonly Container[]; readonly initContainers?: readonly Container[] };
  readonly status?: { readonly phase?: string };
}

/** A namespace with its labels. */
export interface Namespace {
  readonly metadata: { readonly name: string; readonly labels?: Readonly<Record<string, string>> };
}

/** Version of a pod's proxy, by the tag of its image. Undefined for a pod without a proxy. */
export function proxyVersion({ spec }: Pick<ProxyPod, "spec">): string | undefined {
  const proxy = [...spec.containers, ...(spec.initContainers ?? [])].find(({ name }) => name === "istio-proxy");
  return proxy && /:([^:/@]+)(@|$)/.exec(proxy.image ?? "")?.[1];
}

/** True for a pod of ztunnel. Its container has the name of a sidecar, and it moves with the app, whose traffic it carries. */
export const isZtunnel = ({ spec }: Pick<ProxyPod, "spec">): boolean =>
  spec.containers.some(({ name, image = "" }) => name === "istio-proxy" && /\/ztunnel[:@]/.test(image));

/** Pods with a proxy that run and are not being deleted, with the version of the proxy. */
export const runningProxies = (pods: readonly ProxyPod[]): { readonly pod: ProxyPod; readonly version: string }[] =>
  pods.flatMap((pod) => {
    const version = proxyVersion(pod);
    return isRunning(pod) && version !== undefined ? [{ pod, version }] : [];
  });

export function proxiesByVersion(pods: readonly ProxyPod[]): ProxyCounts {
  const counts: Record<string, number> = {};
  for (const { version } of runningProxies(pods)) counts[version] = (counts[version] ?? 0) + 1;
  return counts;
}

/** Proxies that have another version, as NAMESPACE/POD VERSION. @param where - decides which namespaces, or pods, count */
export const proxiesOfOtherVersion = (
  pods: readonly ProxyPod[],
  version: string,
  where: (namespace: string, pod: ProxyPod) => boolean,
): string[] =>
  runningProxies(pods)
    .filter((proxy) => where(proxy.pod.metadata.namespace, proxy.pod) && proxy.version !== version)
    .map(({ pod: { metadata }, version: other }) => `${metadata.namespace}/${metadata.name} ${other}`);

/** Namespaces whose label `istio.io/rev` has no effect, because Istio prefers their label `istio-injection`. */
export const withBothLabels = (namespaces: readonly Namespace[]): string[] =>
  namespaces
    .filter(({ metadata: { labels = {} } }) => injectionLabel in labels && revisionLabel in labels)
    .map(({ metadata }) => metadata.name);

/** Namespaces that name the revision of a version and no tag, so that their pods get no sidecar once it is removed. */
export const pinnedTo = (namespaces: readonly Namespace[], version: string): string[] =>
  namespaces
    .filter(({ metadata }) => metadata.labels?.[revisionLabel] === revisionOf(version))
    .map(({ metadata }) => metadata.name);
