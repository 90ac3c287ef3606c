import { poll } from "../../../host/wait";
import type { Case } from "../../../model/trial/format/cases";
import { type AccessEntry, accessEntry } from "../../../model/trial/requests/accessLog";
import {
  entriesOf,
  type LoggingPods,
  logIndex,
  mayLackLines,
  missingLines,
} from "../../../model/trial/requests/requestLines";
import { urlParts } from "../../../model/trial/requests/urls";
import { externalService } from "../../../model/trial/standIns/external";
import { hasProxy, podsOf, podsOfRun } from "./cluster";
import { containerLog } from "./logs";
import type { MeasuredCase } from "./measure";
import type { Session } from "./session";

/** Seconds for lines that must come: proxies write their log once a second, and a busy machine passes it on later. */
const longest = 30;
/** Seconds for lines of failed connections, after all others have come. */
const uncertain = 3;

const nameOf = ({ metadata }: { metadata: { namespace: string; name: string } }): string =>
  `${metadata.namespace}/${metadata.name}`;

/** Access logs of the proxies of a run; `unread` are pods whose log could not be read. */
async function readLogs({ api, pods, plan }: Session, since: number) {
  const proxies = podsOfRun(plan, pods).filter(hasProxy);
  const unread: string[] = [];
  const texts = await Promise.all(
    proxies.map(async (pod) => {
      const text = await containerLog(api, pod, "istio-proxy", since).catch(() => {
        unread.push(nameOf(pod));
        return "";
      });
      return text.split("\n").flatMap((line) => accessEntry(nameOf(pod), line) ?? []);
    }),
  );
  return { log: texts.flat(), unread };
}

/** True if a proxy logs a case's requests on the sender's side: the caller's sidecar, or the gateway. */
function isSentByProxy({ plan, pods }: Session, { from, request }: Case): boolean {
  const caller = plan.callers.find(({ name }) => name === from);
  if (!caller) return false;
  if (caller.outside) return externalService(urlParts(request.url).host, plan.services) === undefined;
  return podsOf(pods, `${caller.namespace}/${caller.workload}`).some(hasProxy);
}

/** Annotations by which traffic passes by the proxy of a pod. */
const bypass = /^traffic\.sidecar\.istio\.io\/|^sidecar\.istio\.io\/interceptionMode$/;

function loggingPods({ pods }: Session): LoggingPods {
  const logging = pods.filter(
    (pod) => hasProxy(pod) && !Object.keys(pod.metadata.annotations ?? {}).some((name) => bypass.test(name)),
  );
  const names = new Set(logging.map(nameOf));
  const addresses = new Map(pods.map((pod) => [pod.status.podIP, nameOf(pod)]));
  return { logs: (pod) => names.has(pod), at: (address) => addresses.get(address) };
}

export interface ProxyLogs {
  readonly log: readonly AccessEntry[];
  /** Pods whose log could not be read, NAMESPACE/POD. */
  readonly unread: readonly string[];
  /** Proxies whose lines of a case did not come, by case. */
  readonly missing: ReadonlyMap<Case, readonly string[]>;
}

/**
 * Waits until the proxies have written the lines of all requests that count, and returns all lines of the run.
 *
 * @param seconds - after which lines that must come count as missing
 */
export async function collectLogs(
  session: Session,
  measured: readonly MeasuredCase[],
  since: number,
  seconds = longest,
): Promise<ProxyLogs> {
  const pods = loggingPods(session);
  // a user's Telemetry decides which requests are logged, so that lines may never come
  const telemetry = session.plan.applied.some(({ kind, spec }) => kind === "Telemetry" && spec?.accessLogging);
  const observe = async () => {
    const { log, unread } = await readLogs(session, since);
    const index = logIndex(log);
    const missing = new Map<Case, readonly string[]>();
    let isUncertain = false;
    for (const { case: testCase, observations, judgement } of measured) {
      const sent = isSentByProxy(session, testCase);
      const how = { url: testCase.request.url, isSentByProxy: sent };
      const lacking = observations.flatMap((observation) =>
        missingLines(observation, entriesOf(index, observation.answer.id, observation.answer.local), how, pods),
      );
      if (lacking.length > 0) missing.set(testCase, [...new Set(lacking)]);
      const last = observations.at(-1);
      const entries = last && entriesOf(index, last.answer.id, last.answer.local);
      if (entries && mayLackLines(last, entries, { isPass: judgement.outcome === "pass", isSentByProxy: sent }))
        isUncertain = true;
    }
    return { log, missing, unread, isUncertain };
  };
  const isComplete = ({ missing, unread }: Awaited<ReturnType<typeof observe>>) =>
    missing.size === 0 && unread.length === 0;
  const logs = await poll(telemetry ? uncertain : seconds, observe, isComplete);
  return isComplete(logs) && logs.isUncertain ? poll(uncertain, observe, (next) => !next.isUncertain) : logs;
}

/** The missing logs as a report shows them. */
export const missingLogLines = ({ missing, unread }: Pick<ProxyLogs, "missing" | "unread">): string[] => [
  ...unread.map((pod) => `${pod}: its log could not be read`),
  ...[...missing].map(([{ it }, proxies]) => `${proxies.join(", ")}: no line of a request of "${it}"`),
];
