import { isCounts } from "../canary/entry";
import { type Entry, ends } from "./journal";
import { steps } from "./plan";

type Fields = Readonly<Record<string, unknown>>;

const isObject = (value: unknown): value is Fields => typeof value === "object" && value !== null;
const isText = (value: unknown): boolean => typeof value === "string";
const isStep = (value: unknown): boolean => steps.some(({ name }) => name === value);
const isOneOf = (values: readonly string[], value: unknown): boolean => values.includes(String(value));

const shapes: Readonly<Record<string, (fields: Fields) => boolean>> = {
  begun: ({ plan }) => isObject(plan) && isText(plan["from"]) && isText(plan["to"]),
  resumed: () => true,
  step: ({ step }) => isStep(step),
  measured: ({ phase, ingress, mesh }) =>
    (isStep(phase) || isOneOf(["before", "back"], phase)) && isCounts(ingress) && isCounts(mesh),
  verdict: ({ step, outcome, reason, proxies }) =>
    isStep(step) &&
    isOneOf(["pass", "fail", "insufficient"], outcome) &&
    isText(reason) &&
    (proxies === undefined || isObject(proxies)),
  "going back": ({ reason }) => isText(reason),
  ended: ({ end, reason }) => isOneOf(ends, end) && isText(reason),
};

/** The entry that a line of a journal holds. Undefined for a line that is torn, or of another program. */
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
