import { askEnvoy } from "../../../host/envoyAdmin";
import type { Api } from "../../../host/kubernetes";
import { poll } from "../../../host/wait";
import { compareSync, isBefore, isLate, type SyncResult, sentPush, staleKinds } from "../../../model/mesh/proxies";
import { markerName, markerSpec, markersPath } from "../../../model/trial/marker";
import { exitCodes, OperationFailed } from "../../stack/operation";
import { syncStatusesByIstiod } from "../verify/proxyChecks";
import { allPods, answerSeconds, hasProxy } from "./cluster";

/** Seconds in which a push of istiod's reaches every proxy of a busy machine. */
const pushSeconds = 120;
/** Polls in a row that show a first marker in part, after which another one is added. Each further marker has twice as many. */
const partialPolls = 3;

/** True if a proxy has an Envoy cluster. @param proxy - POD.NAMESPACE */
async function hasCluster(api: Api, proxy: string, cluster: string): Promise<boolean> {
  const [name = "", namespace = ""] = proxy.split(".");
  const dump = `config_dump?resource=dynamic_active_clusters&name_regex=^${cluster}$`;
  return (await askEnvoy(api, { namespace, name }, dump, answerSeconds)).includes(`"${cluster}"`);
}

/** The earliest push of each istiod that is known to have brought the marker, by the istiod's pod. */
type Pushes = Map<string, string>;

/**
 * Reads whether a proxy has the marker. Its last push brought the marker or came after it. The earliest such push of all
 * proxies counts, because a proxy that started late has a later push, which other proxies may not have received.
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
    const earliest = pushes.get(istiod);
    if (push && (earliest === undefined || isBefore(push, earliest))) pushes.set(istiod, push);
  }
  return undefined;
}

/** The sync state of all proxies, and those that lack the marker's push, the one with the oldest push first. */
async function syncState(api: Api, pushes: Pushes) {
  const pods = (await allPods(api)).filter(hasProxy);
  const names = pods.map(({ metadata: { name, namespace } }) => `${name}.${namespace}`);
  const states = [...(await syncStatusesByIstiod(api))].flatMap(([istiod, served]) => {
    const earliest = pushes.get(istiod);
    return served.map((status) => {
      const push = sentPush(status);
      const hasMarker = earliest !== undefined && !isBefore(push, earliest);
      return { ...status, proxy: String(status["proxy"]), isLate: isLate(status, earliest), push, hasMarker };
    });
  });
  const late = states
    .filter(({ proxy, isLate }) => isLate && names.includes(proxy))
    .sort((a, b) => Number(isBefore(b.push, a.push)) - Number(isBefore(a.push, b.push)));
  return {
    isPartial: late.length > 0 && late.every(({ hasMarker }) => hasMarker),
    ...compareSync(names, states, (status) => [...staleKinds(status), ...(status.isLate ? ["changes"] : [])]),
    late: late.map(({ proxy }) => proxy),
  };
}

/**
 * Waits until every proxy has the configuration of a run.
 *
 * istiod collects changes for some time before it sends them, and meanwhile reports the proxies as in sync. So the run adds a
 * marker, a cluster for all proxies, after everything else, and waits until they have it. If istiod then sends a proxy part of
 * its configuration once more, it is unknown which push brought the cluster, and the run adds another one.
 *
 * @param run - id that no earlier run had
 * @throws OperationFailed naming the proxies that lack it
 */
export async function waitForSync(api: Api, stack: string, run: string, seconds = pushSeconds): Promise<void> {
  const deadline = performance.now() + seconds * 1000;
  for (let attempt = 1; ; attempt++) {
    const cluster = `istio-trial-${run}-${attempt}`;
    await api.patch(`${markersPath}/${markerName(stack)}`, { spec: markerSpec(cluster) });
    const left = (deadline - performance.now()) / 1000;
    const { passed, evidence } = await waitForMarker(api, cluster, left, partialPolls * 2 ** (attempt - 1));
    if (passed) return;
    if (performance.now() >= deadline)
      throw new OperationFailed(
        `not every proxy has the configuration of the run: ${evidence}`,
        exitCodes.inconclusive,
      );
  }
}

/**
 * Waits until istiod has sent every proxy all of its configuration by the push that brought the marker's cluster, or later.
 * Ends early after some polls in a row that show the cluster everywhere, and listeners or routes of an earlier push.
 */
function waitForMarker(api: Api, cluster: string, seconds: number, mostPartial: number): Promise<SyncResult> {
  const pushes: Pushes = new Map();
  let polls = 0;
  let partialInRow = 0;
  const observe = async () => {
    const state = await syncState(api, pushes);
    // another proxy in each poll, so that one that does not answer does not hide the others
    const proxy = state.late[polls++ % state.late.length];
    const why = proxy && (await askForMarker(api, cluster, proxy, pushes));
    const now = proxy && why === undefined ? await syncState(api, pushes) : state;
    partialInRow = now.isPartial ? partialInRow + 1 : 0;
    return why ? { ...now, evidence: `${now.evidence}; ${why}` } : now;
  };
  return poll(seconds, observe, ({ passed }) => passed || partialInRow > mostPartial);
}
