import { askEnvoy } from "../../../host/envoyAdmin";
import type { Api } from "../../../host/kubernetes";
import { poll } from "../../../host/wait";
import { compareSync, isBefore, isLate, type SyncResult, sentPush, staleKinds } from "../../../model/mesh/proxies";
import { markerName, markerSpec, markersPath } from "../../../model/trial/marker";
import { exitCodes, OperationFailed } from "../../stack/operation";
import { syncStatusesByIstiod } from "../verify/proxyChecks";
import { allPods, answering, hasProxy } from "./cluster";

/** Seconds in which a push of istiod's reaches every proxy of a busy machine. */
const patience = 120;
/** Looks at a first marker that came in part, before another one is added; each further one has twice as many. */
const partialLooks = 3;

/** True if a proxy has an Envoy cluster. @param proxy - POD.NAMESPACE */
async function hasCluster(api: Api, proxy: string, cluster: string): Promise<boolean> {
  const [name = "", namespace = ""] = proxy.split(".");
  const dump = `config_dump?resource=dynamic_active_clusters&name_regex=^${cluster}$`;
  return (await askEnvoy(api, { namespace, name }, dump, answering)).includes(`"${cluster}"`);
}

/** The earliest push of each istiod that is known to have brought the marker, by the istiod's pod. */
type Pushes = Map<string, string>;

/**
 * Asks a proxy for the marker. The push that it was sent last brought the marker or came after it, so the earliest such push
 * of all proxies counts: a proxy that started late has a later one, which nobody else may have been sent.
 *
 * @param proxy - POD.NAMESPACE
 * @returns the reason why the proxy is not known to have the marker; undefined if it has it
 */
async function askForMarker(api: Api, cluster: string, proxy: string, pushes: Pushes): Promise<string | undefined> {
  // the proxy may be gone by now
  const presence = await hasCluster(api, proxy, cluster).catch(({ message }: Error) => message);
  if (presence !== true)
    return `${proxy} ${presence === false ? `has no cluster ${cluster}` : `was asked: ${presence}`}`;
  // read after the proxy was asked, so that it is the marker's push or a later one
  for (const [istiod, served] of await syncStatusesByIstiod(api)) {
    const push = sentPush(served.find((status) => status["proxy"] === proxy));
    const known = pushes.get(istiod);
    if (push && (known === undefined || isBefore(push, known))) pushes.set(istiod, push);
  }
  return undefined;
}

/** The sync state of all proxies, and those that lack the marker's push, beginning with the one that was sent nothing longest. */
async function syncState(api: Api, pushes: Pushes) {
  const pods = (await allPods(api)).filter(hasProxy);
  const names = pods.map(({ metadata: { name, namespace } }) => `${name}.${namespace}`);
  const states = [...(await syncStatusesByIstiod(api))].flatMap(([istiod, served]) => {
    const known = pushes.get(istiod);
    return served.map((status) => {
      const push = sentPush(status);
      const hasMarker = known !== undefined && !isBefore(push, known);
      return { ...status, proxy: String(status["proxy"]), isLate: isLate(status, known), push, hasMarker };
    });
  });
  const late = states
    .filter(({ proxy, isLate }) => isLate && names.includes(proxy))
    .sort((a, b) => Number(isBefore(b.push, a.push)) - Number(isBefore(a.push, b.push)));
  return {
    isInPart: late.length > 0 && late.every(({ hasMarker }) => hasMarker),
    ...compareSync(names, states, (status) => [...staleKinds(status), ...(status.isLate ? ["changes"] : [])]),
    late: late.map(({ proxy }) => proxy),
  };
}

/**
 * Waits until every proxy has the configuration of a run. istiod collects changes for some time before it sends them, and
 * calls a proxy in sync that lacks only what it has not sent yet. So a cluster is added to all proxies after everything else,
 * and has to be there. Where istiod then sends a proxy a part of its configuration once more, it is not known which push
 * brought the cluster, and another one is added.
 *
 * @param run - id that no earlier run had
 * @throws OperationFailed naming the proxies that lack it
 */
export async function waitForSync(api: Api, stack: string, run: string, seconds = patience): Promise<void> {
  const deadline = performance.now() + seconds * 1000;
  for (let attempt = 1; ; attempt++) {
    const cluster = `istio-trial-${run}-${attempt}`;
    await api.patch(`${markersPath}/${markerName(stack)}`, { spec: markerSpec(cluster) });
    const left = (deadline - performance.now()) / 1000;
    const { passed, evidence } = await waitForMarker(api, cluster, left, partialLooks * 2 ** (attempt - 1));
    if (passed) return;
    if (performance.now() >= deadline)
      throw new OperationFailed(
        `not every proxy has the configuration of the run: ${evidence}`,
        exitCodes.inconclusive,
      );
  }
}

/**
 * Waits until every proxy was sent all of its configuration by the push that brought the marker's cluster, or later. Ends early
 * after some looks in a row that show the cluster everywhere, and listeners or routes of an earlier push.
 */
function waitForMarker(api: Api, cluster: string, seconds: number, looksInPart: number): Promise<SyncResult> {
  const pushes: Pushes = new Map();
  let looks = 0;
  let inPart = 0;
  const observe = async () => {
    const state = await syncState(api, pushes);
    // another one each time: one that does not answer keeps nobody from asking the others
    const proxy = state.late[looks++ % state.late.length];
    const why = proxy && (await askForMarker(api, cluster, proxy, pushes));
    const now = proxy && why === undefined ? await syncState(api, pushes) : state;
    inPart = now.isInPart ? inPart + 1 : 0;
    return why ? { ...now, evidence: `${now.evidence}; ${why}` } : now;
  };
  return poll(seconds, observe, ({ passed }) => passed || inPart > looksInPart);
}
