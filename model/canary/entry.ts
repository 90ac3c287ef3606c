import { isMapping } from "../mapping";
import type { RequestCounts } from "./evidence";
import { type EntryShapes, isOneOf, isText, lineParser } from "./journalLine";
import type { RolloutEntry } from "./plan";

const isWeight = (value: unknown): value is number =>
  Number.isInteger(value) && Number(value) >= 0 && Number(value) <= 100;
const isCount = (value: unknown): boolean => typeof value === "number" && Number.isFinite(value) && value >= 0;

const counted: readonly (keyof RequestCounts)[] = [
  "requests",
  "serverErrors",
  "clientErrors",
  "redirects",
  "noAnswer",
  "slow",
  "timed",
];
export const isCounts = (value: unknown): boolean => isMapping(value) && counted.every((name) => isCount(value[name]));
const isPlan = (value: unknown): boolean =>
  isMapping(value) &&
  isWeight(value["from"]) &&
  Array.isArray(value["steps"]) &&
  value["steps"].length > 0 &&
  value["steps"].every(isWeight);
const isVerdict = (value: unknown): boolean =>
  isMapping(value) && isOneOf(["pass", "fail", "insufficient"], value["outcome"]) && isText(value["reason"]);
const ends = ["promoted", "paused", "not rolled back", "rolled back", "cancelled"];
const knownOrNot = (value: unknown): boolean => value === undefined || isText(value);

const isOverdueOrNot = (value: unknown): boolean =>
  value === undefined || (isMapping(value) && isCount(value["stable"]) && isCount(value["canary"]));

const shapes: EntryShapes = {
  begun: ({ plan, versions }) => isPlan(plan) && knownOrNot(versions),
  resumed: ({ versions }) => knownOrNot(versions),
  step: ({ weight, versions }) => isWeight(weight) && knownOrNot(versions),
  measured: ({ weight, stable, canary, unattributed, overdue }) =>
    isWeight(weight) && isCounts(stable) && isCounts(canary) && isCount(unattributed) && isOverdueOrNot(overdue),
  verdict: ({ weight, verdict }) => isWeight(weight) && isVerdict(verdict),
  "rolling back": ({ to, end, reason }) => isWeight(to) && isOneOf(["rolled back", "cancelled"], end) && isText(reason),
  ended: ({ end, reason }) => isOneOf(ends, end) && isText(reason),
};

/** Parses a line of a rollout's journal. Undefined for a line that was cut short, or of another program. */
export const parseEntry = lineParser<RolloutEntry>(shapes);
