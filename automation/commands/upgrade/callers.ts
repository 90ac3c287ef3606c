import { type Api, ApiRefused } from "../../../host/kubernetes";
import { poll } from "../../../host/wait";
import { noCounts, type RequestCounts } from "../../../model/canary/evidence";
import { redirectionAnnotation } from "../../../model/mesh/ambient";
import { dataplaneLabel, revisionLabel } from "../../../model/mesh/injection";
import { revisionOf } from "../../../model/mesh/revisions";
import { app, serviceHost } from "../../../model/names";
import { callerContainer, callerPod } from "../../../model/security/callerPod";
import { callsOf } from "../../../model/upgrade/calls";
import { type Namespace, type ProxyPod, proxyVersion } from "../../../model/upgrade/proxies";

/**
 * Namespaces of the pods that call the app: one on the old revision, one on the new one. In ambient only the first one is
 * used: ztunnel has one version on each node.
 */
export const callerNamespaces = { old: "upgrade-old", canary: "upgrade-canary" } as const;
/** Label of these namespaces. A namespace of the same name without it is the user's. */
const managedBy = { "app.kubernetes.io/managed-by": "istio-on-k3d-upgrade" };
const seconds = 90;

interface CallerPod extends ProxyPod {
  readonly metadata: ProxyPod["metadata"] & { readonly annotations?: Readonly<Record<string, string>> };
}

const namespaces = "/api/v1/namespaces";
const caller = "caller";

const isStatus = (error: unknown, status: number) => error instanceof ApiRefused && error.status === status;
const orElse = (status: number) => (error: Error) => {
  if (!isStatus(error, status)) throw error;
};

/** Calls the app at an even rate. Each second, it writes how many answers had which status: "     50 200 ". */
const script = (perSecond: number): string =>
  `while :; do curl -s -m 10 --rate ${perSecond}/s -o /dev/null -w '%{http_code}\\n' 'http://${serviceHost}:${app.port}/?[1-${perSecond}]' | sort | uniq -c | tr '\\n' ' '; echo; done`;

/** The dataplane of a caller: a sidecar of a version, or ztunnel. */
export type CallerProxy = { readonly sidecar: string } | "ambient";

const labelsFor = (proxy: CallerProxy) =>
  proxy === "ambient" ? { [dataplaneLabel]: "ambient" } : { [revisionLabel]: revisionOf(proxy.sidecar) };

/** Creates a namespace whose pods get a proxy. @throws Error for a namespace of the user's */
async function createNamespace(api: Api, name: string, proxy: CallerProxy): Promise<void> {
  const metadata = { name, labels: { ...managedBy, ...labelsFor(proxy) } };
  await api.create(namespaces, { metadata }).catch(async (error: Error) => {
    orElse(409)(error);
    const { labels = {} } = (await api.get<Namespace>(`${namespaces}/${name}`)).metadata;
    if (Object.entries(managedBy).some(([key, value]) => labels[key] !== value))
      throw new Error(`the namespace ${name} is not one of an upgrade, which needs this name; fix: rename it`);
  });
}

/** True if ztunnel has the traffic of a pod. */
const isRedirected = ({ metadata }: CallerPod): boolean => metadata.annotations?.[redirectionAnnotation] === "enabled";

/** The reason why a started pod has not the proxy that it should have. Undefined if it has. */
function wrongProxy(pod: CallerPod, proxy: CallerProxy): string | undefined {
  if (proxy === "ambient") return isRedirected(pod) ? undefined : "is not in ambient";
  const version = proxyVersion(pod);
  return version === proxy.sidecar ? undefined : `has ${version ?? "no sidecar"}, not ${proxy.sidecar}`;
}

/** Starts a pod that calls the app, unless it runs already. @throws Error if it does not start with the proxy */
export async function startCaller(api: Api, namespace: string, proxy: CallerProxy, perSecond: number): Promise<void> {
  await createNamespace(api, namespace, proxy);
  const path = `${namespaces}/${namespace}/pods`;
  await api.create(path, callerPod(caller, script(perSecond))).catch(orElse(409));
  const started = await poll(
    seconds,
    () => api.get<CallerPod>(`${path}/${caller}`),
    ({ status }) => status?.phase === "Running",
  );
  if (started.status?.phase !== "Running") throw new Error(`pod ${namespace}/${caller} did not start in ${seconds} s`);
  const reason = wrongProxy(started, proxy);
  if (reason !== undefined) throw new Error(`pod ${namespace}/${caller} ${reason}`);
}

/** Calls of a caller since it started. None if there is no such caller. */
export async function callsSinceStart(api: Pick<Api, "text">, namespace: string): Promise<RequestCounts> {
  const path = `${namespaces}/${namespace}/pods/${caller}/log?container=${callerContainer}`;
  return api.text(path).then(callsOf, (error: Error) => {
    orElse(404)(error);
    return noCounts;
  });
}

/** Removes the namespace of a caller, and waits until its name is free again. */
export async function removeCaller(api: Pick<Api, "get" | "remove">, namespace: string): Promise<void> {
  const path = `${namespaces}/${namespace}`;
  const namespaceObject = await api.get<Namespace>(path).catch((error: Error) => orElse(404)(error));
  if (
    !namespaceObject ||
    Object.entries(managedBy).some(([key, value]) => namespaceObject.metadata.labels?.[key] !== value)
  )
    return;
  await api.remove(path).catch(orElse(404));
  await poll(
    seconds,
    () =>
      api.get(path).then(
        () => false,
        (error) => isStatus(error, 404),
      ),
    (gone) => gone,
  );
}
