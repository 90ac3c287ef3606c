import { watch } from "../../../host/wait";
import { type AccessEntry, accessEntry, requestOf } from "../../../model/trial/accessLog";
import { reasonsFor } from "../../../model/trial/reasons";
import type { CaseResult } from "../../../model/trial/result";
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
  const entriesOf = (id: string) => log.filter((entry) => requestOf(entry) === id);
  const results = measured.map(({ case: one, judgement, observations }): CaseResult => {
    const wrong = observations.at(-1);
    const entries = wrong ? entriesOf(wrong.answer.id) : [];
    const ordered = [...entries].sort((a, b) => a.time.localeCompare(b.time));
    const explained = wrong && { ...wrong, log: ordered };
    return {
      ...judgement,
      case: one,
      requests: observations.length,
      seconds: Math.max(0, ...observations.map(({ answer }) => answer.ms)) / 1000,
      reasons: judgement.outcome === "pass" ? [] : reasonsFor(one, explained, session.plan.applied),
    };
  });
  return { results, log };
}
