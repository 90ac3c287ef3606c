import { answeredBy, type Observation, resultOf } from "../requests/observation";
import { isNamed, type StandIn } from "../standIns/standIns";

/** Workloads to which names in a case can refer. */
export type Workloads = readonly StandIn[];

/** True if a name in a case refers to the workload with this id. */
export const isWorkload = (name: string, id: string | undefined, workloads: Workloads): boolean => {
  const standIn = workloads.find((candidate) => candidate.id === id);
  return standIn !== undefined && isNamed(name, standIn);
};

/** Each text with its number of occurrences, the most frequent first. */
export function countedTexts(texts: readonly string[]): string {
  const counts = new Map<string, number>();
  for (const text of texts) counts.set(text, (counts.get(text) ?? 0) + 1);
  const rows = [...counts].sort((a, b) => b[1] - a[1]);
  return rows.map(([text, count]) => (texts.length === 1 ? text : `${text} ×${count}`)).join(", ");
}

/** Result of one request in a few words, such as "200 by shop/web/v1". */
export function summaryOf(observation: Observation): string {
  const by = answeredBy(observation)?.workload;
  const { location } = observation.answer.headers ?? {};
  return [String(resultOf(observation)), by && `by ${by}`, location && `to ${location}`].filter(Boolean).join(" ");
}
