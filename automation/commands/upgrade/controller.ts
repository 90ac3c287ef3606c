import { messageOf } from "../../../host/failure";
import {
  addRequests,
  noRequests,
  requestsOf,
  type StepVerdict,
  statusOf,
  type UpgradeEnd,
  type UpgradeEvent,
} from "../../../model/upgrade/journal";
import { type StepName, type UpgradePlan, type UpgradeStep, upgradeSteps } from "../../../model/upgrade/plan";
import { judgeStep, unfitReason } from "../../../model/upgrade/verdict";
import { exitCodes, OperationFailed } from "../../stack/operation";
import { type BackPace, goBack } from "./goBack";
import type { UpgradeJournal } from "./journal";
import type { UpgradeLoad } from "./load";
import { measureDuring } from "./measure";
import type { UpgradeTarget } from "./target";

export interface UpgradePace extends BackPace {
  /** Seconds for which the environment is measured before the first step. */
  readonly before: number;
  /** Seconds after which a step that is not decided pauses the upgrade. */
  readonly stepTimeout: number;
}
const usualPace: UpgradePace = { before: 10, settle: 10, stepTimeout: 300, attempts: 3, wait: 1000 };

/** Parts of an upgrade that differ between the command and its tests. */
export interface UpgradeParts {
  readonly journal: Pick<UpgradeJournal, "add" | "entries">;
  readonly target: UpgradeTarget;
  readonly load: UpgradeLoad;
  readonly say: (line: string) => void;
  readonly interrupted: AbortSignal;
  /** Step before which the upgrade pauses. */
  readonly pauseBefore?: StepName | undefined;
  readonly pace?: UpgradePace;
}

const noChange = async (): Promise<void> => {};

/** Runs one upgrade. It writes each step into the journal before it changes anything. */
export class UpgradeController {
  private readonly pace: UpgradePace;

  constructor(private readonly parts: UpgradeParts) {
    this.pace = parts.pace ?? usualPace;
  }

  /** Takes the steps that are left. Returns the end of the upgrade. */
  async run(): Promise<UpgradeEnd> {
    const { target, interrupted, pauseBefore, say } = this.parts;
    const { plan, step: first } = this.status;
    const next = upgradeSteps[first];
    const unmeasured = next && (await this.baseline(plan, next));
    if (!interrupted.aborted && unmeasured !== undefined) return this.end("paused", unmeasured);
    for (const [index, step] of upgradeSteps.entries()) {
      if (index < first) continue;
      if (interrupted.aborted) return this.end("interrupted", `before the step ${step.name}`);
      const isPause = step.name === pauseBefore;
      const obstacle = isPause ? "as --pause-before says" : await target.obstacle(plan, step).catch(messageOf);
      if (obstacle !== undefined) return this.end("paused", `before the step ${step.name}: ${obstacle}`);
      const end = await this.step(plan, step);
      if (end) return end;
    }
    await target.removeCallers().catch((error: Error) => say(`warning: ${error.message}`));
    return this.end("upgraded", `the control plane ${plan.from} is gone`);
  }

  /** Finishes the way back that the journal has, or else begins one. Returns the end of the upgrade. */
  async back(reason: string): Promise<UpgradeEnd> {
    const { target, load, say } = this.parts;
    const { isFinishing, back = reason } = this.status;
    if (isFinishing) return this.end("paused", `${reason}; the step finish has no way back`);
    say(`going back: ${back}`);
    await this.record({ kind: "going back", reason: back });
    await load.begin();
    const result = await goBack(back, target, load, this.pace, (event) => this.record(event), say);
    return this.end(result.end, result.reason);
  }

  /** Measures the environment before the first step. Returns the reason if it is not fit to be upgraded. */
  private async baseline(plan: UpgradePlan, first: UpgradeStep): Promise<string | undefined> {
    const { journal, target, load, interrupted, say } = this.parts;
    const isMeasured = () => requestsOf(journal.entries, "before").ingress.requests > 0;
    try {
      await target.startCallers(plan, first);
      await load.begin();
      if (isMeasured()) return undefined;
      say(`measuring for ${this.pace.before} s what is usual before the first step`);
      await measureDuring(noChange, this.pace.before, load, interrupted, (requests) =>
        journal.add({ kind: "measured", phase: "before", ...requests }),
      );
      return unfitReason(requestsOf(journal.entries, "before"));
    } catch (error) {
      return messageOf(error);
    }
  }

  /** Runs one step. Returns the end of the upgrade, or undefined when it continues. */
  private async step(plan: UpgradePlan, step: UpgradeStep): Promise<UpgradeEnd | undefined> {
    const { journal, target, say, interrupted } = this.parts;
    const { name, does } = step;
    let verdict: StepVerdict;
    try {
      await journal.add({ kind: "step", step: name });
      say(`step ${name}: ${does}`);
      verdict = await this.measured(plan, step);
      const problem = interrupted.aborted ? undefined : await target.problem(plan, step);
      if (problem !== undefined) verdict = { outcome: "fail", reason: problem };
    } catch (error) {
      const isBlocked = error instanceof OperationFailed && error.exitCode === exitCodes.environment;
      if (isBlocked && !interrupted.aborted) return this.end("paused", `in the step ${name}: ${error.message}`);
      verdict = { outcome: "fail", reason: messageOf(error) };
    }
    if (interrupted.aborted) return this.end("interrupted", `in the step ${name}`);
    const proxies = await target.proxies().catch(() => undefined);
    await this.record({ kind: "verdict", step: name, ...verdict, ...(proxies && { proxies }) });
    say(`step ${name}: ${verdict.outcome}, ${verdict.reason}`);
    if (verdict.outcome === "fail") return this.back(verdict.reason);
    return verdict.outcome === "insufficient"
      ? this.end("paused", `in the step ${name}: ${verdict.reason}`)
      : undefined;
  }

  /** Makes the change of a step under load, and measures until the step is decided or its time is over. */
  private async measured(plan: UpgradePlan, step: UpgradeStep): Promise<StepVerdict> {
    const { journal, target, load, interrupted } = this.parts;
    const begun = performance.now();
    let sum = noRequests;
    let change = async () => {
      await target.startCallers(plan, step);
      await target.apply(plan, step);
    };
    for (;;) {
      await measureDuring(change, this.pace.settle, load, interrupted, async (requests) => {
        sum = addRequests(sum, requests);
        await journal.add({ kind: "measured", phase: step.name, ...requests });
      });
      const verdict = judgeStep(requestsOf(journal.entries, "before"), sum);
      const isLate = performance.now() - begun > this.pace.stepTimeout * 1000;
      if (verdict.outcome !== "insufficient" || isLate || interrupted.aborted) return verdict;
      change = noChange;
    }
  }

  private get status() {
    const status = statusOf(this.parts.journal.entries);
    if (!status) throw new Error("there is no upgrade");
    return status;
  }

  /** Adds a line to the journal. Neither the way back nor the end of an upgrade needs the disk. */
  private record(event: UpgradeEvent): Promise<void> {
    return this.parts.journal.add(event).catch((error: Error) => this.parts.say(`going on: ${error.message}`));
  }

  private async end(end: UpgradeEnd, reason: string): Promise<UpgradeEnd> {
    await this.record({ kind: "ended", end, reason });
    return end;
  }
}
