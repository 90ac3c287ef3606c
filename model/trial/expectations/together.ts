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

const share: Rule = ({ share: shares = {}, tolerance }, all, workloads) =>
  Object.entries(shares).flatMap(([name, percent]) => {
    const n = all.length;
    const count = all.filter((seen) => {
      const status = /^\d{3}$/.test(name) && String(resultOf(seen)) === name;
      return status || isWorkload(name, answeredBy(seen)?.workload, workloads);
    }).length;
    const exact = (percent / 100) * n;
    const points = ((tolerance ?? 0) / 100) * n;
    const band =
      tolerance && percent > 0 && percent < 100
        ? { low: exact - points, high: exact + points }
        : binomialBand(n, percent / 100);
    if (count >= band.low && count <= band.high) return [];
    const [low, high] = [Math.round((band.low / n) * 100), Math.round((band.high / n) * 100)];
    return [
      {
        expected: `${percent} % by ${name} (${low} to ${high} % of ${n} requests)`,
        seen: `${Math.round((count / n) * 100)} %: ${countedTexts(all.map(summaryOf))}`,
      },
    ];
  });

const mirrored: Rule = ({ mirrored: names }, all, workloads) => {
  if (!names) return [];
  const copies = all.flatMap(({ arrivals }) => arrivals.filter(({ shadow }) => shadow).map(({ workload }) => workload));
  const holds = names.includes("none")
    ? copies.length === 0
    : names.every((name) => copies.some((id) => isWorkload(name, id, workloads)));
  return holds ? [] : [{ expected: `a copy to ${names.join(" and ")}`, seen: countedTexts(copies) || "no copy" }];
};

/** Rules for all requests of a case together. */
export const caseRules: readonly Rule[] = [reached, sameWorkload, share, mirrored];
