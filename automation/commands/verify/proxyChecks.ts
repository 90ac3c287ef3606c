import { type Api, listOf } from "../../../host/kubernetes";
import { poll } from "../../../host/wait";
import { isRunning } from "../../../model/kubernetes";
import { compareSync, type SyncStatus } from "../../../model/mesh/proxies";
import { meshNamespace } from "../../../model/names";
import type { Check } from "./check";
import { hasSidecar } from "./probeTargets";

interface Pod {
  readonly metadata: { readonly name: string; readonly namespace: string; readonly deletionTimestamp?: string };
  readonly spec: object;
  readonly status: { readonly phase?: string };
}

/** Pods of a component of Istio that run and are not being deleted. */
export const runningPods = async (api: Api, component: "istiod" | "ztunnel"): Promise<Pod[]> =>
  (await listOf<Pod>(api, `/api/v1/namespaces/${meshNamespace}/pods`, `app=${component}`)).filter(isRunning);

/** istiod answers this to itself alone (https://istio.io/latest/docs/ops/diagnostic-tools/proxy-cmd/). */
const syncCommand = ["pilot-discovery", "request", "GET", "/debug/syncz"];

/**
 * The status of the proxies of each istiod, by the istiod's pod.
 *
 * @throws Error if no istiod runs, or one does not answer
 */
export async function syncStatusesByIstiod(api: Api): Promise<Map<string, SyncStatus[]>> {
  const istiods = await runningPods(api, "istiod");
  if (istiods.length === 0) throw new Error("no istiod is running");
  const answers = istiods.map(async ({ metadata: { name } }) => {
    const text = await api.execute(meshNamespace, name, syncCommand);
    return [name, JSON.parse(text) as SyncStatus[]] as const;
  });
  return new Map(await Promise.all(answers));
}

/** Seconds in which a push reaches every proxy. */
const timeout = 10;

/** The check that every proxy has the configuration that istiod sent it. */
export const proxyChecks: readonly Check[] = [
  {
    step: 7,
    id: "proxies-synced",
    title: "every proxy has istiod's latest configuration",
    section: "inside-the-mesh",
    remedy: ["istioctl proxy-status"],
    run: ({ api, scratch }) =>
      poll(
        timeout,
        async () => {
          const pods = (await listOf<Pod>(api, "/api/v1/pods")).filter(isRunning);
          const proxies = pods.filter((pod) => hasSidecar(pod) && pod.metadata.namespace !== scratch);
          const names = proxies.map(({ metadata: { name, namespace } }) => `${name}.${namespace}`);
          return compareSync(names, [...(await syncStatusesByIstiod(api)).values()].flat());
        },
        ({ passed }) => passed,
      ),
  },
];
