import { watch } from "../../../host/wait";
import { type AccessEntry, accessEntry, entriesOf } from "../../../model/trial/accessLog";
import type { Case } from "../../../model/trial/cases";
import type { Texts } from "../../../model/trial/objects";
import type { Observation } from "../../../model/trial/observation";
import { type Context, isInbound } from "../../../model/trial/reasons/context";
import { allowingRules } from "../../../model/trial/reasons/policies";
import { reasonsFor } from "../../../model/trial/reasons/reasons";
import type { CaseResult } from "../../../model/trial/result";
import { hasProxy, podsOf } from "./cluster";
import { containerLog } from "./logs";
import type { Measured } from "./measure";
import type { Session } from "./session";

/** Seconds in which proxies write their access log: they do so once a second. */
const flush = 4;

async function readLogs({ api, pods, plan }: Session, since: number): Promise<AccessEntry[]> {
  const namespaces = new Set(plan.objects.map(({ metadata }) => metadata.namespace));
  const proxies = pods.filter((pod) => hasProxy(pod) && namespaces.has(pod.metadata.namespace));
  const texts = await Promise.all(
    proxies.map(async (pod) => {
      const name = `${pod.metadata.namespace}/${pod.metadata.name}`;
      const text = await containerLog(api, pod, "istio-proxy", since).catch(() => "");
      return text.split("\n").flatMap((line) => accessEntry(name, line) ?? []);
    }),
  );
  return texts.flat();
}

/** True if a proxy logs a case's requests on the sender's side: the caller's sidecar, or the gateway. */
function sendsByProxy({ plan, pods }: Session, { from }: Case): boolean {
  const caller = plan.callers.find(({ name }) => name === from);
  if (!caller) return false;
  return caller.outside || podsOf(pods, `${caller.namespace}/${caller.workload}`).some(hasProxy);
}

export interface Explained {
  readonly results: CaseResult[];
  readonly log: AccessEntry[];
  /** Rules of ALLOW policies that requests met, NAMESPACE/NAME/INDEX. */
  readonly allowing: ReadonlySet<string>;
}

/** Adds to each case why it ended as it did, from the access logs of all proxies on the way. */
export async function explain(session: Session, measured: readonly Measured[], since: number): Promise<Explained> {
  const last = measured.flatMap(({ case: one, observations, judgement }) => {
    const answer = observations.at(-1)?.answer;
    // a request without a connection is in no log
    return answer?.local
      ? [{ ...answer, waitsForSender: judgement.outcome !== "pass" && sendsByProxy(session, one) }]
      : [];
  });
  const log = await watch(
    flush,
    () => readLogs(session, since),
    (entries) =>
      last.every(({ id, local, waitsForSender }) => {
        const own = entriesOf(entries, id, local);
        return waitsForSender ? own.some((entry) => !isInbound(entry)) : own.length > 0;
      }),
  );
  const { plan, pods, meshMode } = session;
  const labels = new Map<string, Texts>(
    pods.map(({ metadata }) => [`${metadata.namespace}/${metadata.name}`, metadata.labels ?? {}]),
  );
  const contextOf = (one: Case, seen: Observation): Context | undefined => {
    const caller = plan.callers.find(({ name }) => name === one.from);
    const { applied: objects, services, standIns } = plan;
    const labelsOf = (proxy: string) => labels.get(proxy) ?? {};
    return caller && { one, seen, caller, meshMode, objects, services, standIns, labelsOf };
  };
  const allowing = new Set<string>();
  const results = measured.map(({ case: one, judgement, observations }): CaseResult => {
    const wrong = observations.at(-1);
    const entries = wrong ? entriesOf(log, wrong.answer.id, wrong.answer.local) : [];
    const ordered = [...entries].sort(
      (a, b) => Number(isInbound(a)) - Number(isInbound(b)) || a.time.localeCompare(b.time),
    );
    const context = wrong && contextOf(one, { ...wrong, log: ordered });
    for (const rule of context ? allowingRules(context) : []) allowing.add(rule);
    return {
      ...judgement,
      case: one,
      requests: observations.length,
      seconds: Math.max(0, ...observations.map(({ answer }) => answer.ms)) / 1000,
      reasons: context && judgement.outcome !== "pass" ? reasonsFor(context) : [],
    };
  });
  return { results, log, allowing };
}
