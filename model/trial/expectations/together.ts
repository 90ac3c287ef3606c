import { binomialBand } from "../../canary/share";
import type { Expectation } from "../cases";
import type { Mismatch } from "../judgement";
import { answeredBy, type Observation, resultOf } from "../observation";
import { countedTexts, isWorkload, summaryOf, type Workloads } from "./summary";

type Rule = (expect: Expectation, all: readonly Observation[], workloads: Workloads) => Mismatch[];

const reached: Rule = ({ reached: names = [] }, all, workloads) =>
  names
    .filter((name) => !all.some((seen) => isWorkload(name, answeredBy(seen)?.workload, workloads)))
    .map((name) => ({ expected: `an answer by ${name}`, seen: countedTexts(all.map(summaryOf)) }));

const sameWorkload: Rule = ({ sameWorkload: wanted }, all) => {
  const pods = all.map((seen) => answeredBy(seen)?.pod ?? String(resultOf(seen)));
  if (wanted === undefined || (new Set(pods).size === 1) === wanted) return [];
  return [{ expected: wanted ? "one pod answers all" : "several pods answer", seen: countedTexts(pods) }];
};

/** Counts that a share of all requests may have. */
function bandOf(percent: number, n: number, tolerance = 0): { low: number; high: number } {
  if (tolerance === 0 || percent === 0 || percent === 100) return binomialBand(n, percent / 100);
  return { low: ((percent - tolerance) / 100) * n, high: ((percent + tolerance) / 100) * n };
}

/** The shares whose counts lie outside of their bands. */
function outside(
  [shares = {}, tolerance]: [Expectation["share"], number | undefined],
  all: readonly Observation[],
  isOf: (name: string, seen: Observation) => boolean,
  [what, others]: [what: string, others: () => string],
): Mismatch[] {
  const n = all.length;
  const rounded = (count: number) => Math.round((count / n) * 100);
  return Object.entries(shares).flatMap(([name, percent]) => {
    const count = all.filter((seen) => isOf(name, seen)).length;
    const { low, high } = bandOf(percent, n, tolerance);
    if (count >= low && count <= high) return [];
    return [
      {
        expected: `${percent} % ${what} ${name} (${rounded(low)} to ${rounded(high)} % of ${n} requests)`,
        seen: `${rounded(count)} %: ${others()}`,
      },
    ];
  });
}

const share: Rule = ({ share: shares, tolerance }, all, workloads) =>
  outside(
    [shares, tolerance],
    all,
    (name, seen) =>
      (/^\d{3}$/.test(name) && String(resultOf(seen)) === name) ||
      isWorkload(name, answeredBy(seen)?.workload, workloads),
    ["by", () => countedTexts(all.map(summaryOf))],
  );

const copiesOf = ({ arrivals }: Observation): string[] =>
  arrivals.filter(({ shadow }) => shadow).map(({ workload }) => workload);

const mirroredShare: Rule = ({ mirroredShare: shares, tolerance }, all, workloads) =>
  outside([shares, tolerance], all, (name, seen) => copiesOf(seen).some((id) => isWorkload(name, id, workloads)), [
    "copied to",
    () => countedTexts(all.flatMap(copiesOf)) || "no copy",
  ]);

const mirrored: Rule = ({ mirrored: names }, all, workloads) => {
  if (!names) return [];
  const copies = all.flatMap(copiesOf);
  const holds = names.includes("none")
    ? copies.length === 0
    : names.every((name) => copies.some((id) => isWorkload(name, id, workloads)));
  return holds ? [] : [{ expected: `a copy to ${names.join(" and ")}`, seen: countedTexts(copies) || "no copy" }];
};

/** Rules for all requests of a case together. */
export const caseRules: readonly Rule[] = [reached, sameWorkload, share, mirrored, mirroredShare];
