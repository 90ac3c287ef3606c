import type { Case } from "../cases";
import type { Judgement, Mismatch } from "../judgement";
import type { Observation } from "../observation";
import { checksOf, type RequestCheck } from "./each";
import { countedTexts, summaryOf, type Workloads } from "./summary";
import { caseRules } from "./together";

/** The requests for which a check does not hold, as one mismatch. */
function mismatch({ expected, read, holds }: RequestCheck, all: readonly Observation[]): Mismatch[] {
  const wrong = all.filter((seen) => !holds(seen));
  if (wrong.length === 0) return [];
  const of = all.length > 1 ? `${wrong.length} of ${all.length} requests: ` : "";
  return [{ expected, seen: `${of}${countedTexts(wrong.map(read)).slice(0, 300)}` }];
}

/** Compares what was observed with what a case expects. An observation that says nothing about the mesh is never a pass. */
export function judgeCase({ expect }: Case, all: readonly Observation[], workloads: Workloads): Judgement {
  const seen = countedTexts(all.map(summaryOf));
  const unclear = all.find(({ answer }) => answer.failure === "unclear");
  if (all.length === 0 || unclear)
    return { outcome: "unknown", mismatches: [], seen: unclear?.answer.detail ?? "no request was sent" };
  const mismatches = [
    ...checksOf(expect, workloads).flatMap((check) => mismatch(check, all)),
    ...caseRules.flatMap((rule) => rule(expect, all, workloads)),
  ];
  return { outcome: mismatches.length === 0 ? "pass" : "fail", mismatches, seen };
}
