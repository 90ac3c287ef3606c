import { type CheckResult, checkTable } from "../checks/result";
import { type CommandWriter, forNpm, run } from "../output/remedy";
import type { StepList } from "../output/stepList";
import { requestsOf, statusOf, type UpgradeEntry, type UpgradeStatus } from "./journal";
import { upgradeSteps } from "./plan";
import { resultsOf } from "./results";
import { failedText } from "./verdict";

const endTexts = {
  upgraded: "upgraded",
  paused: "paused",
  interrupted: "interrupted",
  "taken back": "taken back",
  "not taken back": "NOT taken back",
} as const;

/** End of an upgrade, as its headline. */
export const upgradeHeadline = ({ plan, end, back }: UpgradeStatus): string =>
  `Istio ${plan.from} to ${plan.to}: ${end ? endTexts[end] : back === undefined ? "not finished" : "going back"}`;

/** State of an upgrade in one line. An upgrade without an end runs only when a process still drives it. */
function stateLine(status: UpgradeStatus, process: number | undefined, commands: CommandWriter): string {
  const { step, back, end, reason, isFinishing } = status;
  const resume = commands(run("upgrade", "resume"));
  const continueOrAbort = isFinishing ? `fix: ${resume}` : `fix: ${resume}, or: ${commands(run("upgrade", "abort"))}`;
  const because = reason ? `: ${reason}` : "";
  const head = `${upgradeHeadline(status)}${because}`;
  if (end === "upgraded" || end === "taken back") return head;
  const at =
    back === undefined ? `step ${upgradeSteps[Math.min(step, upgradeSteps.length - 1)]?.name}` : `going back: ${back}`;
  if (process !== undefined) return `${upgradeHeadline(status)}, running (process ${process}), ${at}`;
  const finishBack = back === undefined ? continueOrAbort : `fix: ${resume}, which finishes the way back`;
  return end === undefined
    ? `${upgradeHeadline(status)}: no process drives this upgrade any more (${at}); ${finishBack}`
    : `${head}; ${finishBack}`;
}

/** State of an upgrade in one line, and its steps as sentences. Undefined without an upgrade. */
export function upgradeProgress(
  entries: readonly UpgradeEntry[],
  process: number | undefined,
  commands: CommandWriter,
): StepList | undefined {
  const status = statusOf(entries);
  return (
    status && {
      state: stateLine(status, process, commands),
      steps: [...resultsOf(entries).map(stepText), ...wayBack(entries)],
    }
  );
}

const stepText = ({ title, outcome, evidence }: CheckResult): string =>
  `${title}: ${outcome === "unknown" ? "not decided" : outcome}; ${evidence}`;

const wayBack = (entries: readonly UpgradeEntry[]): string[] =>
  entries.some(({ kind }) => kind === "going back") ? [`the way back: ${failedText(requestsOf(entries, "back"))}`] : [];

/**
 * The upgrade for a person at a terminal: its state, and each step with its measurements.
 *
 * @param process - number of the process that drives the upgrade now
 * @param commands - writes commands for the stack
 */
export function upgradeSummary(
  entries: readonly UpgradeEntry[],
  process?: number,
  commands: CommandWriter = forNpm(),
): string {
  const status = statusOf(entries);
  if (!status) return "there was no upgrade";
  const results = resultsOf(entries);
  return [
    stateLine(status, process, commands),
    ...(results.length > 0 ? [checkTable(results, commands)] : []),
    ...wayBack(entries),
  ].join("\n");
}
