import { outcomeNames } from "../canary/verdict";
import type { CheckResult } from "../checks/result";
import { type ProxyCounts, requestsOf, type UpgradeEntry, type UpgradePhase } from "./journal";
import { type StepName, upgradeSteps } from "./plan";
import { failedText } from "./verdict";

/** One phase of an upgrade over time. */
export interface PhaseSpan {
  readonly phase: UpgradePhase;
  /** Seconds since the upgrade began. */
  readonly from: number;
  readonly to: number;
  readonly outcome: "passed" | "failed" | "not decided";
  readonly reason: string;
  readonly proxies?: ProxyCounts;
}

/** Seconds between the first line of a journal and another line. */
export const secondsAt = (entries: readonly UpgradeEntry[], { at }: UpgradeEntry): number =>
  Math.max(0, (Date.parse(at) - Date.parse(entries[0]?.at ?? at)) / 1000);

/** The phases of an upgrade in their order. A step that was taken again counts from its last begin. */
export function spansOf(entries: readonly UpgradeEntry[]): PhaseSpan[] {
  const spans: PhaseSpan[] = [];
  const end = (at: number) => {
    const last = spans.pop();
    if (last) spans.push({ ...last, to: Math.max(last.from, at) });
  };
  const open = (phase: UpgradePhase, from: number) => {
    end(from);
    spans.push({ phase, from, to: from, outcome: "not decided", reason: "" });
  };
  for (const entry of entries) {
    const at = secondsAt(entries, entry);
    if (entry.kind === "begun") open("before", at);
    if (entry.kind === "step") open(entry.step, at);
    if (entry.kind === "going back") open("back", at);
    if (entry.kind === "verdict") {
      const last = spans.pop();
      const { outcome, reason, proxies } = entry;
      if (last) spans.push({ ...last, outcome: outcomeNames[outcome], reason, ...(proxies && { proxies }) });
    }
    if (entry.kind === "ended" || entry === entries.at(-1)) end(at);
  }
  return spans;
}

/** Text such as "4 proxies of 1.31.4, 1 of 1.30.3". */
export const proxiesText = (proxies: ProxyCounts): string =>
  Object.entries(proxies)
    .map(([version, count], i) => `${count}${i === 0 ? " proxies" : ""} of ${version}`)
    .join(", ");

const doesOf = (name: StepName): string => upgradeSteps.find((step) => step.name === name)?.does ?? name;

/** Each step that was taken, as a check: for the table in a terminal and for JUnit. */
export function resultsOf(entries: readonly UpgradeEntry[]): CheckResult[] {
  const last = new Map(spansOf(entries).map((span) => [span.phase, span] as const));
  return upgradeSteps.flatMap(({ name }, i): CheckResult[] => {
    const span = last.get(name);
    if (!span) return [];
    const { outcome, reason, proxies, from, to } = span;
    const evidence = [reason || failedText(requestsOf(entries, name)), ...(proxies ? [proxiesText(proxies)] : [])];
    return [
      {
        ...{ id: `upgrade-${name}`, step: i + 1, title: doesOf(name), evidence: evidence.join("; ") },
        outcome: outcome === "not decided" ? "unknown" : outcome,
        seconds: to - from,
      },
    ];
  });
}
