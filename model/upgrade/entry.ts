import { isCounts } from "../canary/entry";
import { type EntryShapes, isOneOf, isText, lineParser } from "../canary/journalLine";
import { isMapping } from "../mapping";
import { type UpgradeEntry, upgradeEnds } from "./journal";
import { upgradeSteps } from "./plan";

const isStep = (value: unknown): boolean => upgradeSteps.some(({ name }) => name === value);

const shapes: EntryShapes = {
  begun: ({ plan }) => isMapping(plan) && isText(plan["from"]) && isText(plan["to"]),
  resumed: () => true,
  step: ({ step }) => isStep(step),
  measured: ({ phase, ingress, mesh }) =>
    (isStep(phase) || isOneOf(["before", "back"], phase)) && isCounts(ingress) && isCounts(mesh),
  verdict: ({ step, outcome, reason, proxies }) =>
    isStep(step) &&
    isOneOf(["pass", "fail", "insufficient"], outcome) &&
    isText(reason) &&
    (proxies === undefined || isMapping(proxies)),
  "going back": ({ reason }) => isText(reason),
  ended: ({ end, reason }) => isOneOf(upgradeEnds, end) && isText(reason),
};

/** Parses a line of an upgrade's journal. Undefined for a line that was cut short, or of another program. */
export const parseEntry = lineParser<UpgradeEntry>(shapes);
