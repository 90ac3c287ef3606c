import { addCounts, noCounts, type RequestCounts } from "../canary/evidence";
import { type StepName, type UpgradePlan, upgradeSteps } from "./plan";

export const upgradeEnds = ["upgraded", "paused", "interrupted", "taken back", "not taken back"] as const;
/** End of an upgrade, or of its process. */
export type UpgradeEnd = (typeof upgradeEnds)[number];

/** Phase of a measurement: a step, the time before the first step, or the way back. */
export type UpgradePhase = StepName | "before" | "back";

/** Requests of a few seconds. */
export interface UpgradeRequests {
  /** Through the ingress gateway. */
  readonly ingress: RequestCounts;
  /** From pods of the mesh to the app. */
  readonly mesh: RequestCounts;
}
export const noRequests: UpgradeRequests = { ingress: noCounts, mesh: noCounts };

export const addRequests = (a: UpgradeRequests, b: UpgradeRequests): UpgradeRequests => ({
  ingress: addCounts(a.ingress, b.ingress),
  mesh: addCounts(a.mesh, b.mesh),
});

/** Judgement of a step. */
export interface StepVerdict {
  readonly outcome: "pass" | "fail" | "insufficient";
  readonly reason: string;
}

/** Number of proxies by version. */
export type ProxyCounts = Readonly<Record<string, number>>;

/** A line of an upgrade's journal without its time. */
export type UpgradeEvent =
  | { readonly kind: "begun"; readonly plan: UpgradePlan }
  | { readonly kind: "resumed" }
  | { readonly kind: "step"; readonly step: StepName }
  | ({ readonly kind: "measured"; readonly phase: UpgradePhase } & UpgradeRequests)
  | ({ readonly kind: "verdict"; readonly step: StepName; readonly proxies?: ProxyCounts } & StepVerdict)
  | { readonly kind: "going back"; readonly reason: string }
  | { readonly kind: "ended"; readonly end: UpgradeEnd; readonly reason: string };
/** One line of an upgrade's journal, with the time of day in ISO 8601. */
export type UpgradeEntry = { readonly at: string } & UpgradeEvent;

/** State of an upgrade by its journal. */
export interface UpgradeStatus {
  readonly plan: UpgradePlan;
  /** Index of the step under way, or of the next step. */
  readonly step: number;
  /** True once the old control plane may have been removed, so that the upgrade cannot be taken back. */
  readonly isFinishing: boolean;
  /** Reason for which the upgrade is rolled back. Such an upgrade never continues forward. */
  readonly back?: string;
  /** Undefined while the upgrade runs, or when its process was killed. */
  readonly end?: UpgradeEnd;
  readonly reason?: string;
}

function statusAfter({ end: _end, reason: _reason, ...now }: UpgradeStatus, entry: UpgradeEntry): UpgradeStatus {
  switch (entry.kind) {
    case "step": {
      const step = upgradeSteps.findIndex(({ name }) => name === entry.step);
      return { ...now, step, isFinishing: now.isFinishing || entry.step === "finish" };
    }
    case "verdict":
      if (entry.outcome === "pass") return { ...now, step: now.step + 1 };
      // the process may be killed between the verdict and the line that announces the way back
      return entry.outcome === "fail" && !now.isFinishing ? { ...now, back: entry.reason } : now;
    case "going back":
      return { ...now, back: entry.reason };
    case "ended":
      return { ...now, end: entry.end, reason: entry.reason };
    default:
      return now;
  }
}

/** State of an upgrade by its journal. Undefined when the journal begins no upgrade. */
export function statusOf(entries: readonly UpgradeEntry[]): UpgradeStatus | undefined {
  let now: UpgradeStatus | undefined;
  for (const entry of entries) {
    if (entry.kind === "begun") now = { plan: entry.plan, step: 0, isFinishing: false };
    else if (now) now = statusAfter(now, entry);
  }
  return now;
}

/** True when `resume` has something to do: the upgrade paused, its process was killed, or its way back failed. */
export const isResumable = ({ end }: UpgradeStatus): boolean => end !== "upgraded" && end !== "taken back";

/** All requests of a phase. */
export const requestsOf = (entries: readonly UpgradeEntry[], phase: UpgradePhase): UpgradeRequests =>
  entries.reduce<UpgradeRequests>(
    (sum, entry) => (entry.kind === "measured" && entry.phase === phase ? addRequests(sum, entry) : sum),
    noRequests,
  );
