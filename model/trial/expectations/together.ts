import { binomialBand } from "../../canary/share";
import type { Expectation } from "../format/cases";
import type { Mismatch } from "../report/judgement";
import { answeredBy, type Observation, resultOf } from "../requests/observation";
import { countedTexts, isWorkload, summaryOf, type Workloads } from "./summary";

type Rule = (expect: Expectation, observations: readonly Observation[], workloads: Workloads) => Mismatch[];

const reached: Rule = ({ reached: names = [] }, observations, workloads) =>
  names
    .filter(
      (name) => !observations.some((observation) => isWorkload(name, answeredBy(observation)?.workload, workloads)),
    )
    .map((name) => ({ expected: `an answer by ${name}`, seen: countedTexts(observations.map(summaryOf)) }));

const sameWorkload: Rule = ({ sameWorkload: wanted }, observations) => {
  const pods = observations.map((observation) => answeredBy(observation)?.pod ?? String(resultOf(observation)));
  if (wanted === undefined || (new Set(pods).size === 1) === wanted) return [];
  return [{ expected: wanted ? "one pod answers all" : "several pods answer", seen: countedTexts(pods) }];
};

/** Range of the number of requests that agrees with a share. */
function bandOf(percent: number, n: number, tolerance = 0): { low: number; high: number } {
  if (tolerance === 0 || percent === 0 || percent === 100) return binomialBand(n, percent / 100);
  return { low: ((percent - tolerance) / 100) * n, high: ((percent + tolerance) / 100) * n };
}

/** Mismatches of the shares that do not agree with the number of requests. */
function wrongShares(
  [shares = {}, tolerance]: [Expectation["share"], number | undefined],
  observations: readonly Observation[],
  isOf: (name: string, observation: Observation) => boolean,
  [relation, counted]: [relation: string, counted: () => string],
): Mismatch[] {
  const n = observations.length;
  const rounded = (count: number) => Math.round((count / n) * 100);
  return Object.entries(shares).flatMap(([name, percent]) => {
    const count = observations.filter((observation) => isOf(name, observation)).length;
    const { low, high } = bandOf(percent, n, tolerance);
    if (count >= low && count <= high) return [];
    return [
      {
        expected: `${percent} % ${relation} ${name} (${rounded(low)} to ${rounded(high)} % of ${n} requests)`,
        seen: `${rounded(count)} %: ${counted()}`,
      },
    ];
  });
}

const share: Rule = ({ share: shares, tolerance }, observations, workloads) =>
  wrongShares(
    [shares, tolerance],
    observations,
    (name, observation) =>
      (/^\d{3}$/.test(name) && String(resultOf(observation)) === name) ||
      isWorkload(name, answeredBy(observation)?.workload, workloads),
    ["by", () => countedTexts(observations.map(summaryOf))],
  );

const copiesOf = ({ arrivals }: Observation): string[] =>
  arrivals.filter(({ shadow }) => shadow).map(({ workload }) => workload);

const mirroredShare: Rule = ({ mirroredShare: shares, tolerance }, observations, workloads) =>
  wrongShares(
    [shares, tolerance],
    observations,
    (name, observation) => copiesOf(observation).some((id) => isWorkload(name, id, workloads)),
    ["copied to", () => countedTexts(observations.flatMap(copiesOf)) || "no copy"],
  );

const mirrored: Rule = ({ mirrored: names }, observations, workloads) => {
  if (!names) return [];
  const copies = observations.flatMap(copiesOf);
  const holds = names.includes("none")
    ? copies.length === 0
    : names.every((name) => copies.some((id) => isWorkload(name, id, workloads)));
  return holds ? [] : [{ expected: `a copy to ${names.join(" and ")}`, seen: countedTexts(copies) || "no copy" }];
};

/** Rules for all requests of a case together. */
export const caseRules: readonly Rule[] = [reached, sameWorkload, share, mirrored, mirroredShare];
