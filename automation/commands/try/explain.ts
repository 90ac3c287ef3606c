import type { Case } from "../../../model/trial/format/cases";
import type { Texts } from "../../../model/trial/manifests/objects";
import { type Context, isInbound } from "../../../model/trial/reasons/context";
import { allowingRules } from "../../../model/trial/reasons/policies";
import { reasonsFor } from "../../../model/trial/reasons/reasons";
import type { CaseResult, Reason } from "../../../model/trial/report/result";
import type { AccessEntry } from "../../../model/trial/requests/accessLog";
import type { Observation } from "../../../model/trial/requests/observation";
import { entriesOf, entriesOfRun, logIndex } from "../../../model/trial/requests/requestLines";
import type { MeasuredCase } from "./measure";
import { collectLogs, missingLogLines } from "./proxyLogs";
import type { Session } from "./session";

export interface ExplainedResults {
  readonly results: CaseResult[];
  /** Lines of the run's requests. */
  readonly log: readonly AccessEntry[];
  /** Access logs that did not come, in a line for each case. */
  readonly missingLogs: readonly string[];
  /** Rules of ALLOW policies that requests met, NAMESPACE/NAME/INDEX. */
  readonly allowing: ReadonlySet<string>;
}

/** Adds to each case why it ended as it did, from the access logs of all proxies on the way. */
export async function explainResults(
  session: Session,
  measured: readonly MeasuredCase[],
  since: number,
): Promise<ExplainedResults> {
  const logs = await collectLogs(session, measured, since);
  const index = logIndex(logs.log);
  const { plan, pods, meshMode, domain } = session;
  const labels = new Map<string, Texts>(
    pods.map(({ metadata }) => [`${metadata.namespace}/${metadata.name}`, metadata.labels ?? {}]),
  );
  const contextOf = (testCase: Case, observation: Observation): Context | undefined => {
    const caller = plan.callers.find(({ name }) => name === testCase.from);
    const { applied: objects, services, standIns } = plan;
    const labelsOf = (proxy: string) => labels.get(proxy) ?? {};
    return (
      caller && {
        testCase,
        observation,
        caller,
        meshMode,
        domain,
        objects,
        services,
        standIns,
        labelsOf,
      }
    );
  };
  const silent = (testCase: Case): Reason[] => {
    const proxies = logs.missing.get(testCase)?.join(", ");
    return proxies ? [{ text: `reasons may be missing: the access log of ${proxies} did not come in time` }] : [];
  };
  const allowing = new Set<string>();
  const results = measured.map(({ case: testCase, judgement, observations }): CaseResult => {
    const wrong = observations.at(-1);
    const entries = wrong ? entriesOf(index, wrong.answer.id, wrong.answer.local) : [];
    const ordered = [...entries].sort(
      (a, b) => Number(isInbound(a)) - Number(isInbound(b)) || a.time.localeCompare(b.time),
    );
    const context = wrong && contextOf(testCase, { ...wrong, log: ordered });
    for (const rule of context ? allowingRules(context) : []) allowing.add(rule);
    return {
      ...judgement,
      case: testCase,
      requests: observations.length,
      seconds: Math.max(0, ...observations.map(({ answer }) => answer.ms)) / 1000,
      reasons: context && judgement.outcome !== "pass" ? [...reasonsFor(context), ...silent(testCase)] : [],
    };
  });
  const answers = measured.flatMap(({ observations }) => observations.map(({ answer }) => answer));
  return {
    results,
    log: entriesOfRun(logs.log, index, session.run, answers),
    missingLogs: missingLogLines(logs),
    allowing,
  };
}
