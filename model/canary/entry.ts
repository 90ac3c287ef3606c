import type { Counts } from "./evidence";
import type { Entry } from "./plan";

type Fields = Readonly<Record<string, unknown>>;

const isObject = (value: unknown): value is Fields =>
  typeof value === "object" && value !== null && !Array.isArray(value);
const isText = (value: unknown): boolean => typeof value === "string";
const isWeight = (value: unknown): value is number =>
  Number.isInteger(value) && Number(value) >= 0 && Number(value) <= 100;
const isCount = (value: unknown): boolean => typeof value === "number" && Number.isFinite(value) && value >= 0;

const counted: readonly (keyof Counts)[] = [
  "requests",
  "serverErrors",
  "clientErrors",
  "redirects",
  "noAnswer",
  "slow",
  "timed",
];
export const isCounts = (value: unknown): boolean => isObject(value) && counted.every((name) => isCount(value[name]));
const isPlan = (value: unknown): boolean =>
  isObject(value) &&
  isWeight(value["from"]) &&
  Array.isArray(value["steps"]) &&
  value["steps"].length > 0 &&
  value["steps"].every(isWeight);
const isVerdict = (value: unknown): boolean =>
  isObject(value) && ["pass", "fail", "insufficient"].includes(String(value["outcome"])) && isText(value["reason"]);
const ends = ["promoted", "paused", "not rolled back", "rolled back", "cancelled"];
const knownOrNot = (value: unknown): boolean => value === undefined || isText(value);

const isOverdueOrNot = (value: unknown): boolean =>
  value === undefined || (isObject(value) && isCount(value["stable"]) && isCount(value["canary"]));

const shapes: Readonly<Record<string, (fields: Fields) => boolean>> = {
  begun: ({ plan, versions }) => isPlan(plan) && knownOrNot(versions),
  resumed: ({ versions }) => knownOrNot(versions),
  step: ({ weight, versions }) => isWeight(weight) && knownOrNot(versions),
  measured: ({ weight, stable, canary, unattributed, overdue }) =>
    isWeight(weight) && isCounts(stable) && isCounts(canary) && isCount(unattributed) && isOverdueOrNot(overdue),
  verdict: ({ weight, verdict }) => isWeight(weight) && isVerdict(verdict),
  "rolling back": ({ to, end, reason }) =>
    isWeight(to) && ["rolled back", "cancelled"].includes(String(end)) && isText(reason),
  ended: ({ end, reason }) => ends.includes(String(end)) && isText(reason),
};

/** The entry that a line of a journal holds. Undefined for a line that is torn, or that nobody of this project wrote. */
export function parseEntry(line: string): Entry | undefined {
  try {
    const value: unknown = JSON.parse(line);
    if (!isObject(value) || Number.isNaN(Date.parse(String(value["at"])))) return undefined;
    const kind = String(value["kind"]);
    return Object.hasOwn(shapes, kind) && shapes[kind]?.(value) ? (value as unknown as Entry) : undefined;
  } catch {
    return undefined;
  }
}
