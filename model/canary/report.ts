import { type CommandWriter, forNpm, run } from "../output/remedy";
import type { StepList } from "../output/stepList";
import { addMeasurements, failedRequests, type Measurement, noMeasurement, withOverdue } from "./evidence";
import { type RolloutEntry, type RolloutStatus, statusOf } from "./plan";
import { wilsonInterval } from "./share";

type Measured = Extract<RolloutEntry, { kind: "measured" }>;

const isMeasured = (entry: RolloutEntry): entry is Measured => entry.kind === "measured";
const share = (part: number, whole: number): number => (whole === 0 ? 0 : part / whole);
const percent = (value: number): string => `${(value * 100).toFixed(1)} %`;

/** One measurement as the chart shows it, shares from 0 to 1. */
interface Point {
  readonly weight: number;
  readonly canary: number;
  readonly errors: number;
}

function points(entries: readonly RolloutEntry[]): Point[] {
  return entries.filter(isMeasured).map((entry) => {
    const { canary } = withOverdue(entry);
    return {
      weight: entry.weight / 100,
      canary: share(entry.canary.requests, entry.stable.requests + entry.canary.requests),
      errors: share(failedRequests(canary), canary.requests),
    };
  });
}

const blocks = " ▁▂▃▄▅▆▇█";
/** A line of blocks, one for each value from 0 to 1. Every value above 0 gets a visible block. */
const spark = (values: readonly number[]): string =>
  values.map((value) => blocks[value === 0 ? 0 : Math.max(1, Math.round(value * 8))] ?? "█").join("");

/** State of a rollout in one line. A rollout without an end runs only when a process still drives it. */
function stateLine(
  { plan, step, end, reason, rollback }: RolloutStatus,
  process: number | undefined,
  commands: CommandWriter,
): string {
  const resume = commands(run("rollout", "resume"));
  const abort = commands(run("rollout", "abort"));
  const continueOrAbort = `fix: ${resume}, or: ${abort}`;
  const because = reason ? `: ${reason}` : "";
  if (end === "not rolled back") return `NOT rolled back${because}; fix: ${abort}`;
  if (end === "paused" && process === undefined) return `paused${because}; ${continueOrAbort}`;
  if (end !== undefined && end !== "paused") return `${end}${because}`;
  const at = rollback
    ? `rolling back to ${rollback.to} %`
    : `step ${plan.steps[Math.min(step, plan.steps.length - 1)]} %`;
  if (process !== undefined) return `running (process ${process}): ${at}`;
  return `killed: no process drives this rollout any more (${at}); ${rollback ? `fix: ${resume}, which finishes the rollback` : continueOrAbort}`;
}

/** A step of a rollout that was measured, as texts. */
interface MeasuredStep {
  readonly weight: number;
  /** Interval of the share of version 2, with 95 % confidence. */
  readonly share: string;
  readonly errors: string;
  readonly outcome: string;
}

const measuredSteps = (entries: readonly RolloutEntry[], { plan }: RolloutStatus): MeasuredStep[] =>
  plan.steps.flatMap((weight) => {
    const windows = entries.filter(isMeasured).filter((entry) => entry.weight === weight);
    if (windows.length === 0) return [];
    const total = windows.reduce<Measurement>(addMeasurements, noMeasurement);
    const [low, high] = wilsonInterval(total.canary.requests, total.canary.requests + total.stable.requests).map(
      (bound) => (bound * 100).toFixed(1),
    );
    const { canary } = withOverdue(total);
    const errors = percent(share(failedRequests(canary), canary.requests));
    const verdict = entries.findLast((entry) => entry.kind === "verdict" && entry.weight === weight);
    const outcome =
      verdict?.kind === "verdict" ? `${verdict.verdict.outcome}: ${verdict.verdict.reason}` : "not decided";
    return [{ weight, share: `${low} to ${high} %`, errors, outcome }];
  });

/** State of a rollout in one line, and its measured steps as sentences. Undefined without a rollout. */
export function rolloutProgress(
  entries: readonly RolloutEntry[],
  process: number | undefined,
  commands: CommandWriter,
): StepList | undefined {
  const status = statusOf(entries);
  return (
    status && {
      state: stateLine(status, process, commands),
      steps: measuredSteps(entries, status).map(
        ({ weight, share: measuredShare, errors, outcome }) =>
          `${weight} %: ${outcome}; share of version 2 ${measuredShare}, errors ${errors}`,
      ),
    }
  );
}

/**
 * The rollout for a person at a terminal: its state, each step with its measurements, and a chart over time.
 *
 * @param process - number of the process that drives the rollout now
 * @param commands - writes commands for the stack
 */
export function rolloutSummary(
  entries: readonly RolloutEntry[],
  process?: number,
  commands: CommandWriter = forNpm(),
): string {
  const status = statusOf(entries);
  if (!status) return "there was no rollout";
  const steps = measuredSteps(entries, status).map(
    ({ weight, share: measuredShare, errors, outcome }) =>
      `${String(weight).padStart(4)} %  share ${measuredShare}  errors ${errors}  ${outcome}`,
  );
  const chartPoints = points(entries);
  const end = stateLine(status, process, commands);
  if (chartPoints.length === 0) return end;
  return [
    end,
    ...steps,
    `weight  ${spark(chartPoints.map(({ weight }) => weight))}`,
    `share   ${spark(chartPoints.map(({ canary }) => canary))}`,
    `errors  ${spark(chartPoints.map(({ errors }) => errors))}`,
  ].join("\n");
}
