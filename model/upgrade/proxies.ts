interface Container {
  readonly name: string;
  readonly image?: string;
}

/** A pod, as far as its proxy is concerned. */
export interface ProxyPod {
  readonly metadata: { readonly name: string; readonly namespace: string; readonly deletionTimestamp?: string };
  readonly spec: { readonly containers: readonly Container[]; readonly initContainers?: readonly Container[] };
  readonly status?: { readonly phase?: string };
}

/** Version of a pod's proxy, by the tag of its image. Undefined for a pod without proxy. */
export function proxyVersion({ spec }: Pick<ProxyPod, "spec">): string | undefined {
  const proxy = [...spec.containers, ...(spec.initContainers ?? [])].find(({ name }) => name === "istio-proxy");
  return proxy && /:([^:/@]+)(@|$)/.exec(proxy.image ?? "")?.[1];
}

/** Pods with a proxy that run and do not end, with its version. */
export const runningProxies = (pods: readonly ProxyPod[]): { readonly pod: ProxyPod; readonly version: string }[] =>
  pods.flatMap((pod) => {
    const version = proxyVersion(pod);
    const isRunning = pod.metadata.deletionTimestamp === undefined && pod.status?.phase === "Running";
    return isRunning && version !== undefined ? [{ pod, version }] : [];
  });

/** Number of proxies by version. */
export function proxiesByVersion(pods: readonly ProxyPod[]): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const { version } of runningProxies(pods)) counts[version] = (counts[version] ?? 0) + 1;
  return counts;
}

/** Pods of namespaces whose proxies are of another version, as NAMESPACE/NAME VERSION. */
export const proxiesOfOtherVersion = (
  pods: readonly ProxyPod[],
  version: string,
  namespaces?: readonly string[],
): string[] =>
  runningProxies(pods)
    .filter(({ pod }) => namespaces === undefined || namespaces.includes(pod.metadata.namespace))
    .filter((proxy) => proxy.version !== version)
    .map(({ pod: { metadata }, version: other }) => `${metadata.namespace}/${metadata.name} ${other}`);
