import { watch } from "../../../host/wait";
import { type AccessEntry, accessEntry, requestOf } from "../../../model/trial/accessLog";
import type { Case } from "../../../model/trial/cases";
import type { Texts } from "../../../model/trial/objects";
import type { Observation } from "../../../model/trial/observation";
import { isInbound } from "../../../model/trial/reasons/context";
import { reasonsFor } from "../../../model/trial/reasons/reasons";
import type { CaseResult, Reason } from "../../../model/trial/result";
import { hasProxy } from "./cluster";
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

/** Adds to each case why it ended as it did, from the access logs of all proxies on the way. */
export async function explain(
  session: Session,
  measured: readonly Measured[],
  since: number,
): Promise<{ results: CaseResult[]; log: AccessEntry[] }> {
  const wanted = measured.flatMap(({ observations }) => observations.slice(-1).map(({ answer }) => answer.id));
  const log = await watch(
    flush,
    () => readLogs(session, since),
    (entries) => {
      const seen = new Set(entries.map(requestOf));
      return wanted.every((id) => seen.has(id));
    },
  );
  const { plan, pods } = session;
  const labels = new Map<string, Texts>(
    pods.map(({ metadata }) => [`${metadata.namespace}/${metadata.name}`, metadata.labels ?? {}]),
  );
  const explained = (one: Case, seen: Observation | undefined): Reason[] => {
    const caller = plan.callers.find(({ name }) => name === one.from);
    if (!seen || !caller) return [];
    const { applied: objects, services, standIns } = plan;
    return reasonsFor({ one, seen, caller, objects, services, standIns, labelsOf: (proxy) => labels.get(proxy) ?? {} });
  };
  const entriesOf = (id: string) => log.filter((entry) => requestOf(entry) === id);
  const results = measured.map(({ case: one, judgement, observations }): CaseResult => {
    const wrong = observations.at(-1);
    const entries = wrong ? entriesOf(wrong.answer.id) : [];
    const ordered = [...entries].sort(
      (a, b) => Number(isInbound(a)) - Number(isInbound(b)) || a.time.localeCompare(b.time),
    );
    return {
      ...judgement,
      case: one,
      requests: observations.length,
      seconds: Math.max(0, ...observations.map(({ answer }) => answer.ms)) / 1000,
      reasons: judgement.outcome === "pass" ? [] : explained(one, wrong && { ...wrong, log: ordered }),
    };
  });
  return { results, log };
}
