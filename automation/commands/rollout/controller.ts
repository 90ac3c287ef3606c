import { addMeasurements, type Measurement, noMeasurement } from "../../../model/canary/evidence";
import { forecastSteps } from "../../../model/canary/forecast";
import { evidenceOf } from "../../../model/canary/journalEvidence";
import { type RollbackEnd, type RolloutEnd, type RolloutPlan, rollbackOf, statusOf } from "../../../model/canary/plan";
import { type RolloutPace, usualPace, type Verdict } from "../../../model/canary/verdict";
import { type CommandWriter, configSet, forNpm, run } from "../../../model/output/remedy";
import { JournalFailed, type RolloutJournal } from "./journal";
import { type MeasurementParts, measureBaseline, measureStep } from "./measure";
import type { MetricsProvider } from "./metricsProvider";
import { defaultRetryLimits, type RetryLimits, rollBack } from "./rollback";
import type { TrafficController } from "./traffic";

/** Parts of a rollout's controller that differ between the command and its tests. */
export interface ControllerParts {
  readonly journal: RolloutJournal;
  readonly traffic: TrafficController;
  /** Undefined for a rollback, which measures nothing. */
  readonly provider: MetricsProvider | undefined;
  readonly say: (line: string) => void;
  /** Writes commands for the stack. @default for npm and the default stack */
  readonly commands?: CommandWriter;
  readonly interrupted: AbortSignal;
  /** @default "rollback" */
  readonly onInterrupt?: "rollback" | "pause";
  readonly pace?: RolloutPace;
  readonly retryLimits?: RetryLimits;
}

/** Runs one rollout. It writes each step into the journal before it changes the route. */
export class RolloutController {
  constructor(private readonly parts: ControllerParts) {}

  private get hasTakenStep(): boolean {
    return this.parts.journal.entries.some(({ kind }) => kind === "step");
  }

  private get measuring(): MeasurementParts {
    const { provider, pace = usualPace } = this.parts;
    if (!provider) throw new Error("a rollout that measures needs a provider");
    return { ...this.parts, provider, pace };
  }

  /** Takes the steps of a plan that are left, beginning with the index `first`. Returns the end of the rollout. */
  async run(plan: RolloutPlan, first: number): Promise<RolloutEnd> {
    try {
      if (first === 0) {
        const unmeasured = await this.baseline(plan);
        if (unmeasured && !this.parts.interrupted.aborted) return await this.end("paused", unmeasured.reason);
      }
      for (const [index, weight] of plan.steps.entries()) {
        if (index < first) continue;
        const end = await this.step(plan, weight);
        if (end) return end;
      }
      return await this.end("promoted", `every step passed, and version 2 gets ${plan.steps.at(-1)} % of the requests`);
    } catch (error) {
      // a rollout that cannot record what it does could not be resumed either, and no error may leave the weight of a step
      if (error instanceof JournalFailed || this.hasTakenStep)
        return this.back("rolled back", (error as Error).message);
      throw error;
    }
  }

  /** Finishes the rollback that the journal has, or else begins one. */
  async back(end: RollbackEnd, reason: string, failed = false): Promise<RolloutEnd> {
    const { journal, traffic, say, commands = forNpm(), retryLimits = defaultRetryLimits } = this.parts;
    const status = statusOf(journal.entries);
    if (!status) throw new Error("there is no rollout to roll back");
    const rollback = status.rollback ?? rollbackOf(status, end, reason, failed);
    const result = await rollBack(rollback, traffic, journal, say, retryLimits, commands);
    if (result.end !== "not rolled back" && rollback.to > 0)
      say(
        `version 2 has ${rollback.to} % again, as before the rollout; to take it out: ${commands(configSet("canaryWeight", 0))}, then ${commands(run("up"))}`,
      );
    return result.end;
  }

  /** Measures the weight before the rollout, and prints a forecast of the steps. Returns the verdict if it could not be measured. */
  private async baseline({ from, steps }: RolloutPlan): Promise<Verdict | undefined> {
    const { journal, say } = this.parts;
    // at the weight of the first step it is no baseline, and version 2 may still be cold
    const isStep = from === steps[0];
    const before = (): readonly Measurement[] => {
      const { measured, warmUp } = evidenceOf(journal.entries);
      return isStep ? [warmUp].filter(({ stable }) => stable.requests > 0) : measured.filter(isBelow);
    };
    const isBelow = ({ weight }: { readonly weight: number }) => weight < (steps[0] ?? 0);
    if (before().length > 0) return undefined;
    const { pace } = this.measuring;
    if (pace.baseline > 0)
      say(`weight ${from} %: measuring for ${pace.baseline} s what is usual before the first step`);
    const begun = performance.now();
    const failed = await measureBaseline(this.measuring, from, isStep);
    const seconds = (performance.now() - begun) / 1000;
    const { stable, canary, unattributed } = before().reduce<Measurement>(addMeasurements, noMeasurement);
    const perSecond = (stable.requests + canary.requests + unattributed) / Math.max(seconds, pace.interval);
    if (failed || pace.baseline === 0) return failed;
    for (const line of forecastSteps(steps, { perSecond, stable }, pace.stepTimeout)) say(line);
    return undefined;
  }

  /** Runs one step. Returns the end of the rollout, or undefined when it continues. */
  private async step(plan: RolloutPlan, weight: number): Promise<RolloutEnd | undefined> {
    const { journal, say, interrupted } = this.parts;
    if (interrupted.aborted) return this.interrupt();
    const versions = await this.versions();
    await journal.add({ kind: "step", weight, ...(versions !== undefined && { versions }) });
    say(`weight ${weight} %`);
    const trouble = await this.reach(weight);
    if (interrupted.aborted) return this.interrupt();
    if (trouble !== undefined) return this.end("paused", trouble);
    const { measured } = evidenceOf(journal.entries);
    const cold = weight === plan.steps[0] && !measured.some((measurement) => measurement.weight === weight);
    const verdict = await measureStep(this.measuring, weight, plan.steps, cold);
    if (interrupted.aborted) return this.interrupt();
    const after = await this.versions();
    if (verdict.outcome === "pass" && versions !== undefined && after !== undefined && versions !== after)
      return this.end("paused", "the versions of the app changed during the step, so what was measured is of neither");
    await journal.add({ kind: "verdict", weight, verdict });
    say(`weight ${weight} %: ${verdict.outcome}, ${verdict.reason}`);
    if (verdict.outcome === "fail") return this.back("rolled back", verdict.reason, true);
    return verdict.outcome === "insufficient" ? this.end("paused", verdict.reason) : undefined;
  }

  /** Applies a weight and waits until requests follow it. Returns the reason of a failure. */
  private async reach(weight: number): Promise<string | undefined> {
    try {
      await this.parts.traffic.apply(weight);
      if (!this.parts.interrupted.aborted) await this.parts.traffic.confirm(weight, this.parts.interrupted);
      return undefined;
    } catch (error) {
      return (error as Error).message;
    }
  }

  private versions(): Promise<string | undefined> {
    return this.parts.traffic.versions().catch(() => undefined);
  }

  private interrupt(): Promise<RolloutEnd> {
    if (this.parts.onInterrupt === "pause") return this.end("paused", "interrupted");
    return this.hasTakenStep
      ? this.back("cancelled", "interrupted")
      : this.end("cancelled", "interrupted before the first step");
  }

  private async end(end: RolloutEnd, reason: string): Promise<RolloutEnd> {
    await this.parts.journal.add({ kind: "ended", end, reason });
    return end;
  }
}
