import { type StepName, steps, type UpgradePlan } from "./plan";

export const ends = ["upgraded", "paused", "taken back", "not taken back", "cancelled"] as const;
/** How an upgrade ended, or why it does not go on. */
export type End = (typeof ends)[number];
export const outcomes = ["pass", "fail", "insufficient"] as const;

/** Requests of a step, and the proxies that ran at its end. */
export interface StepMeasurement {
  /** Requests through the ingress gateway, and those of them that failed. */
  readonly ingress: readonly [requests: number, failed: number];
  /** Requests from pods of the mesh to the app. */
  readonly mesh: readonly [requests: number, failed: number];
  /** Number of proxies by version. */
  readonly proxies: Readonly<Record<string, number>>;
}

/** Name of what is measured: a step, the time before the first one, or the way back. */
export type Phase = StepName | "before" | "back";

/** A line of an upgrade's journal without its time. */
export type Event =
  | { readonly kind: "begun"; readonly plan: UpgradePlan }
  | { readonly kind: "resumed" }
  | { readonly kind: "step"; readonly step: StepName }
  | ({ readonly kind: "measured"; readonly step: Phase } & StepMeasurement)
  | {
      readonly kind: "verdict";
      readonly step: StepName;
      readonly outcome: (typeof outcomes)[number];
      readonly reason: string;
    }
  | { readonly kind: "going back"; readonly end: "taken back" | "cancelled"; readonly reason: string }
  | { readonly kind: "ended"; readonly end: End; readonly reason: string };
/** One line of an upgrade's journal, with the time of day in ISO 8601. */
export type Entry = { readonly at: string } & Event;

/** State of an upgrade by its journal. */
export interface UpgradeStatus {
  readonly plan: UpgradePlan;
  /** Index of the step under way, or of the next step. */
  readonly step: number;
  /** True once the old control plane may be gone, so that there is no way back. */
  readonly isFinishing: boolean;
  /** Way back that was decided and has not ended. */
  readonly back?: { readonly end: "taken back" | "cancelled"; readonly reason: string };
  /** Undefined while the upgrade runs, or when its process was killed. */
  readonly end?: End;
  readonly reason?: string;
}

const indexOf = (name: StepName): number => steps.findIndex((step) => step.name === name);

function next(now: UpgradeStatus, entry: Entry): UpgradeStatus {
  const { plan, step, isFinishing, back } = now;
  const going = { plan, step, isFinishing, ...(back && { back }) };
  switch (entry.kind) {
    case "resumed":
      return going;
    case "step":
      return { plan, step: indexOf(entry.step), isFinishing: isFinishing || entry.step === "finish" };
    case "verdict":
      if (entry.outcome === "pass") return { ...going, step: step + 1 };
      // the process may be killed between the verdict and the line that announces the way back
      return entry.outcome === "fail" && !isFinishing
        ? { ...going, back: { end: "taken back", reason: entry.reason } }
        : going;
    case "going back":
      return { ...going, back: { end: entry.end, reason: entry.reason } };
    case "ended":
      return { ...going, end: entry.end, reason: entry.reason };
    default:
      return now;
  }
}

/** State of an upgrade by its journal. Undefined when the journal begins no upgrade. */
export function statusOf(entries: readonly Entry[]): UpgradeStatus | undefined {
  let now: UpgradeStatus | undefined;
  for (const entry of entries) {
    if (entry.kind === "begun") now = { plan: entry.plan, step: 0, isFinishing: false };
    else if (now) now = next(now, entry);
  }
  return now;
}

/** True when `resume` has something to do: the upgrade paused, its process was killed, or its way back failed. */
export const resumable = ({ end }: UpgradeStatus): boolean =>
  end === undefined || end === "paused" || end === "not taken back";

type Fields = Readonly<Record<string, unknown>>;
const isObject = (value: unknown): value is Fields => typeof value === "object" && value !== null;
const isCount = (value: unknown): boolean =>
  Array.isArray(value) && value.length === 2 && value.every((n) => Number.isInteger(n) && n >= 0);
const isStep = (value: unknown): boolean => steps.some(({ name }) => name === value);
const isText = (value: unknown): boolean => typeof value === "string";
const includes = (values: readonly string[], value: unknown): boolean => values.includes(String(value));

const shapes: Readonly<Record<string, (fields: Fields) => boolean>> = {
  begun: ({ plan }) => isObject(plan) && isText(plan["from"]) && isText(plan["to"]),
  resumed: () => true,
  step: ({ step }) => isStep(step),
  measured: ({ step, ingress, mesh, proxies }) =>
    (isStep(step) || includes(["before", "back"], step)) && isCount(ingress) && isCount(mesh) && isObject(proxies),
  verdict: ({ step, outcome, reason }) => isStep(step) && includes(outcomes, outcome) && isText(reason),
  "going back": ({ end, reason }) => includes(["taken back", "cancelled"], end) && isText(reason),
  ended: ({ end, reason }) => includes(ends, end) && isText(reason),
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
