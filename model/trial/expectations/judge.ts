import type { Case } from "../format/cases";
import type { Judgement, Mismatch } from "../report/judgement";
import type { Observation } from "../requests/observation";
import { checksOf, type RequestCheck } from "./each";
import { countedTexts, summaryOf, type Workloads } from "./summary";
import { caseRules } from "./together";

/** The requests for which a check does not hold, as one mismatch. */
function mismatch({ expected, read, holds }: RequestCheck, observations: readonly Observation[]): Mismatch[] {
  const wrong = observations.filter((observation) => !holds(observation));
  if (wrong.length === 0) return [];
  const of = observations.length > 1 ? `${wrong.length} of ${observations.length} requests: ` : "";
  return [{ expected, seen: `${of}${countedTexts(wrong.map(read)).slice(0, 300)}` }];
}

/** Compares what was observed with what a case expects. An observation that says nothing about the mesh is never a pass. */
export function judgeCase({ expect }: Case, observations: readonly Observation[], workloads: Workloads): Judgement {
  const seen = countedTexts(observations.map(summaryOf));
  const unclear = observations.find(({ answer }) => answer.failure === "unclear");
  if (observations.length === 0 || unclear)
    return { outcome: "unknown", mismatches: [], seen: unclear?.answer.detail ?? "no request was sent" };
  const mismatches = [
    ...checksOf(expect, workloads).flatMap((check) => mismatch(check, observations)),
    ...caseRules.flatMap((rule) => rule(expect, observations, workloads)),
  ];
  return { outcome: mismatches.length === 0 ? "pass" : "fail", mismatches, seen };
}
