import { setTimeout as wait } from "node:timers/promises";
import { judgeCase } from "../../../model/trial/expectations/judge";
import type { Case } from "../../../model/trial/format/cases";
import type { Judgement } from "../../../model/trial/report/judgement";
import { ejectionOf, runsAlone } from "../../../model/trial/requests/breakers";
import { destinationOf } from "../../../model/trial/requests/destination";
import { markCopies, mirrorTargets } from "../../../model/trial/requests/mirrors";
import type { Answer, Observation } from "../../../model/trial/requests/observation";
import { type PlannedRequest, planRequest, secondsToSend, stepsOf } from "../../../model/trial/requests/send";
import { containerName, podsOf } from "./cluster";
import { arrivalsSince } from "./logs";
import type { Session } from "./session";

/** A case with everything that was seen of it in one round. */
export interface MeasuredCase {
  readonly case: Case;
  readonly observations: readonly Observation[];
  readonly judgement: Judgement;
  readonly settled: boolean;
}

/** Requests of one caller that are under way at once. */
const parallel = 12;
/** Milliseconds after each request of a case that runs alone: a proxy that counts failures needs a moment to eject a pod. */
const betweenSteps = 50;
/** Answers in a row that have to agree. */
const agreeing = 3;
/** Seconds between rounds, and after which the last round counts. */
const [betweenRounds, longest] = [1, 12];

/** A case that is sent in this round, with the ids of its requests. */
interface Sent {
  readonly testCase: Case;
  readonly ids: readonly string[];
  readonly unresolved?: string;
}

/** Sends the requests of one caller. Returns the answers that it received. */
async function sendFrom(
  { api, plan, pods, addresses }: Session,
  name: string,
  sent: readonly Sent[],
): Promise<Answer[]> {
  const caller = plan.callers.find((candidate) => candidate.name === name);
  const pod = caller && podsOf(pods, `${caller.namespace}/${caller.workload}`)[0];
  if (!caller || !pod) throw new Error(`caller ${name} has no running pod`);
  const surroundings = { services: plan.services, objects: plan.applied, standIns: plan.standIns };
  const failed: Answer[] = [];
  const isAlone = (testCase: Case) => runsAlone(testCase, surroundings);
  const groups = sent.flatMap(({ testCase, ids }): PlannedRequest[][][] => {
    const to = destinationOf(testCase.request.url, caller, surroundings, addresses);
    if (!("address" in to)) {
      const end =
        "refused" in to
          ? ({ failure: "refused", detail: to.refused } as const)
          : ({ failure: "unresolved", detail: to.unresolved } as const);
      failed.push(...ids.map((id): Answer => ({ id, begun: Date.now(), ms: 0, ...end })));
      return [];
    }
    const width = testCase.concurrent === 1 && !isAlone(testCase) ? Math.min(8, testCase.times) : testCase.concurrent;
    return [
      stepsOf(ids, width).map((step) =>
        step.map((id) => planRequest(id, testCase, to, plan.standIns, addresses.token)),
      ),
    ];
  });
  if (groups.length === 0) return failed;
  const [alone] = sent.map(({ testCase }) => testCase).filter(isAlone);
  const ejection = alone && ejectionOf(alone, surroundings);
  const pause = alone ? betweenSteps : 0;
  const input = `${JSON.stringify({ groups, parallel, pause, ejection })}\n`;
  const seconds = secondsToSend(groups, parallel, ejection?.pause ?? pause);
  const command = ["node", "/trial/programs/caller.mjs"];
  const { name: podName, namespace } = pod.metadata;
  const text = await api.execute(namespace, podName, command, { container: containerName, input, seconds });
  const rows = text
    .split("\n")
    .filter(Boolean)
    .map((row) => JSON.parse(row) as Answer & { end?: boolean });
  if (!rows.some(({ end }) => end)) throw new Error(`caller ${name} ended before it had sent everything`);
  return [...failed, ...rows.filter(({ end }) => !end)];
}

function verdict(
  session: Session,
  testCase: Case,
  observations: readonly Observation[],
): Pick<MeasuredCase, "judgement" | "settled"> {
  const { standIns } = session.plan;
  if (testCase.times > 1) return { judgement: judgeCase(testCase, observations, standIns), settled: true };
  const judgements = observations.map((observation) => judgeCase(testCase, [observation], standIns));
  const last = judgements.at(-1) ?? judgeCase(testCase, [], standIns);
  const settled = judgements.every(({ outcome }) => outcome === last.outcome);
  if (settled) return { judgement: last, settled };
  const judgement = judgeCase(testCase, observations, standIns);
  return { judgement: { ...judgement, outcome: judgement.outcome === "pass" ? "fail" : judgement.outcome }, settled };
}

/** Sends cases once from all their callers at the same time, and judges what was seen. */
async function round(session: Session, cases: readonly Case[], number: number): Promise<MeasuredCase[]> {
  const begun = Date.now();
  const sent = cases.map((testCase): Sent => {
    const count = testCase.times > 1 ? testCase.times : agreeing;
    const index = `${testCase.file}:${testCase.line}:${testCase.it}`;
    const hash = [...index].reduce((sum, letter) => (sum * 31 + letter.charCodeAt(0)) >>> 0, 7).toString(36);
    return {
      testCase,
      ids: Array.from({ length: count }, (_, i) => `${session.run}-${hash}-${number}-${i}`),
    };
  });
  const callers = [...new Set(cases.map(({ from }) => from))];
  const answers = await Promise.all(
    callers.map((name) =>
      sendFrom(
        session,
        name,
        sent.filter(({ testCase }) => testCase.from === name),
      ).catch((error: Error) => error),
    ),
  );
  const byId = new Map(
    answers.flatMap((received) =>
      received instanceof Error ? [] : received.map((answer) => [answer.id, answer] as const),
    ),
  );
  const { arrivals, late } = await arrivalsSince(session, begun, [...byId.values()]);
  const mirrors = mirrorTargets(session.plan.applied, session.plan.standIns);
  return sent.map(({ testCase, ids }): MeasuredCase => {
    const failure = answers[callers.indexOf(testCase.from)];
    const observations = ids.flatMap((id) => {
      const answer = byId.get(id);
      return answer ? [markCopies({ answer, arrivals: arrivals.get(id) ?? [], log: [] }, mirrors)] : [];
    });
    const reason = unmeasured(
      failure,
      ids.length - observations.length,
      ids.some((id) => late.has(id)),
    );
    if (reason !== undefined) {
      const judgement = { outcome: "unknown", mismatches: [], seen: reason } as const;
      return { case: testCase, observations, judgement, settled: true };
    }
    return { case: testCase, observations, ...verdict(session, testCase, observations) };
  });
}

/**
 * Measures all cases. Those that fail or whose answers disagree are sent again, so that a configuration that is still
 * on its way counts neither for nor against them; cases that disturb others run alone, after them.
 */
export async function measureCases(
  session: Session,
  cases: readonly Case[],
  say: (measured: MeasuredCase) => void,
): Promise<MeasuredCase[]> {
  const { plan } = session;
  const surroundings = { services: plan.services, objects: plan.applied, standIns: plan.standIns };
  const isAlone = (testCase: Case) => runsAlone(testCase, surroundings);
  const done = new Map<Case, MeasuredCase>();
  let left = cases.filter((testCase) => !isAlone(testCase));
  const until = performance.now() + longest * 1000;
  for (let number = 0; left.length > 0; number++) {
    if (number > 0) await wait(betweenRounds * 1000);
    const measured = await round(session, left, number);
    const last = number > 0 && performance.now() > until;
    const again = measured.filter(
      ({ judgement, settled }) => !settled || (number === 0 && judgement.outcome !== "pass"),
    );
    for (const measuredCase of measured) {
      done.set(measuredCase.case, measuredCase);
      if (last || !again.includes(measuredCase)) say(measuredCase);
    }
    left = last ? [] : again.map((measuredCase) => measuredCase.case);
  }
  for (const testCase of cases.filter(isAlone)) {
    const [measured] = await round(session, [testCase], 0);
    if (!measured) continue;
    done.set(testCase, measured);
    say(measured);
  }
  return cases.flatMap((testCase) => done.get(testCase) ?? []);
}

/** The reason why a case could not be measured. Undefined if it was. */
function unmeasured(failure: unknown, missingAnswers: number, isLate: boolean): string | undefined {
  if (failure instanceof Error) return failure.message;
  if (missingAnswers > 0) return "the caller did not report every request";
  return isLate ? "the log of the stand-in that answered did not come" : undefined;
}
