import { type Api, ApiRefused } from "../../../host/kubernetes";
import { watch } from "../../../host/wait";
import { type Counts, noCounts } from "../../../model/canary/evidence";
import { revisionLabel } from "../../../model/mesh/injection";
import { revisionOf } from "../../../model/mesh/revisions";
import { app, serviceHost } from "../../../model/names";
import { callerContainer, callerPod } from "../../../model/security/callerPod";
import { callsOf } from "../../../model/upgrade/calls";
import { type Namespace, type ProxyPod, proxyVersion } from "../../../model/upgrade/proxies";

/** Namespaces of the pods that call the app: one on the old revision, one on the new one. */
export const callerNamespaces = { old: "upgrade-old", canary: "upgrade-canary" } as const;
/** Label of these namespaces. A namespace of the same name without it is the user's. */
const own = { "app.kubernetes.io/managed-by": "istio-on-k3d-upgrade" };
const seconds = 90;
const namespaces = "/api/v1/namespaces";
const caller = "caller";

const isStatus = (error: unknown, status: number) => error instanceof ApiRefused && error.status === status;
const orElse = (status: number) => (error: Error) => {
  if (!isStatus(error, status)) throw error;
};

/** Calls the app at an even rate. Each second, it writes how many answers had which status: "     50 200 ". */
const script = (perSecond: number): string =>
  `while :; do curl -s -m 10 --rate ${perSecond}/s -o /dev/null -w '%{http_code}\\n' 'http://${serviceHost}:${app.port}/?[1-${perSecond}]' | sort | uniq -c | tr '\\n' ' '; echo; done`;

/** Creates a namespace on the revision of a version. @throws Error for a namespace of the user's */
async function createNamespace(api: Api, name: string, version: string): Promise<void> {
  const metadata = { name, labels: { ...own, [revisionLabel]: revisionOf(version) } };
  await api.create(namespaces, { metadata }).catch(async (error: Error) => {
    orElse(409)(error);
    const { labels = {} } = (await api.get<Namespace>(`${namespaces}/${name}`)).metadata;
    if (Object.entries(own).some(([key, value]) => labels[key] !== value))
      throw new Error(`the namespace ${name} is not one of an upgrade, which needs this name; fix: rename it`);
  });
}

/** Starts a pod that calls the app, unless it runs already. @throws Error if it does not start with a sidecar of the version */
export async function startCaller(api: Api, namespace: string, version: string, perSecond: number): Promise<void> {
  await createNamespace(api, namespace, version);
  const path = `${namespaces}/${namespace}/pods`;
  await api.create(path, callerPod(caller, script(perSecond))).catch(orElse(409));
  const started = await watch(
    seconds,
    () => api.get<ProxyPod>(`${path}/${caller}`),
    ({ status }) => status?.phase === "Running",
  );
  if (started.status?.phase !== "Running") throw new Error(`pod ${namespace}/${caller} did not start in ${seconds} s`);
  const got = proxyVersion(started);
  if (got !== version) throw new Error(`pod ${namespace}/${caller} has ${got ?? "no sidecar"}, not ${version}`);
}

/** Calls of a caller since it started. None if there is no such caller. */
export async function callsSinceStart(api: Pick<Api, "text">, namespace: string): Promise<Counts> {
  const path = `${namespaces}/${namespace}/pods/${caller}/log?container=${callerContainer}`;
  return api.text(path).then(callsOf, (error: Error) => {
    orElse(404)(error);
    return noCounts;
  });
}

/** Removes the namespace of a caller, and waits until its name is free again. */
export async function removeCaller(api: Pick<Api, "get" | "remove">, namespace: string): Promise<void> {
  const path = `${namespaces}/${namespace}`;
  const found = await api.get<Namespace>(path).catch((error: Error) => orElse(404)(error));
  if (!found || Object.entries(own).some(([key, value]) => found.metadata.labels?.[key] !== value)) return;
  await api.remove(path).catch(orElse(404));
  await watch(
    seconds,
    () =>
      api.get(path).then(
        () => false,
        (error) => isStatus(error, 404),
      ),
    (gone) => gone,
  );
}
