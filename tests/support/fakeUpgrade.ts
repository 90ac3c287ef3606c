import { setImmediate } from "node:timers/promises";
import { UpgradeController } from "../../automation/commands/upgrade/controller";
import type { UpgradeLoad } from "../../automation/commands/upgrade/load";
import type { UpgradeTarget } from "../../automation/commands/upgrade/target";
import { noCounts } from "../../model/canary/evidence";
import { meshVersions, type UpgradeStage } from "../../model/mesh/revisions";
import { parseSettings } from "../../model/settings/parse";
import { changesOf, type KeyChange, toStage, withoutNext } from "../../model/upgrade/configuration";
import {
  statusOf,
  type UpgradeEnd,
  type UpgradeEntry,
  type UpgradeEvent,
  type UpgradePhase,
  type UpgradeRequests,
} from "../../model/upgrade/journal";
import type { StepName, UpgradePlan, UpgradeStep } from "../../model/upgrade/plan";

const counts = (requests: number, serverErrors: number) => ({ ...noCounts, requests, serverErrors, timed: requests });

/** An environment that an upgrade changes, with the faults of a test. */
export class FakeUpgrade implements UpgradeTarget, UpgradeLoad {
  readonly config: Record<string, string>;
  /** Changes in their order, such as "gateway" and "back to istiod". */
  readonly done: string[] = [];
  callers: string[] = [];
  /** Percent of requests that fail while the app uses the new version. */
  failing = 0;
  /** Called in each change. It may throw, or never end. */
  fault: (change: string) => void | Promise<void> = () => {};
  problemAt: StepName | undefined;
  obstacleAt: StepName | undefined;

  constructor(readonly plan: UpgradePlan) {
    this.config = { istioVersion: plan.from };
  }

  get versions() {
    const { settings } = parseSettings(this.config);
    if (!settings) throw new Error(`wrong configuration: ${JSON.stringify(this.config)}`);
    return meshVersions(settings);
  }

  private async change(name: string, changes: readonly KeyChange[]): Promise<void> {
    this.done.push(name);
    for (const [key, value] of changes) {
      if (value === undefined) delete this.config[key];
      else this.config[key] = value;
    }
    await this.fault(name);
  }

  obstacle = async (_plan: UpgradePlan, { name }: UpgradeStep) =>
    name === this.obstacleAt ? "pods are old" : undefined;
  startCallers = async (_plan: UpgradePlan, { name }: UpgradeStep) => {
    this.callers = name === "crds" || name === "istiod" ? ["old"] : ["old", "canary"];
  };
  removeCallers = async () => {
    this.callers = [];
  };
  apply = async (plan: UpgradePlan, step: UpgradeStep) => this.change(step.name, changesOf(plan, step));
  problem = async (_plan: UpgradePlan, { name }: UpgradeStep) => (name === this.problemAt ? "not on it" : undefined);
  proxies = async () => ({ [this.versions.app]: 2, [this.versions.gateway]: 1 });
  stage = async () => (this.config["nextIstioVersion"] ? (this.config["nextIstioStage"] as UpgradeStage) : undefined);
  moveTo = async (stage: UpgradeStage) => this.change(`back to ${stage}`, [toStage(stage)]);
  removeNext = async () => this.change("without next", withoutNext);

  begin = async () => {};
  window = async (): Promise<UpgradeRequests> => {
    await setImmediate();
    const failed = this.versions.gateway === this.plan.to ? this.failing : 0;
    return { ingress: counts(4000, 40 * failed), mesh: counts(2000, 20 * failed) };
  };
}

/** A journal in memory, whose process may be killed behind a line, and whose disk may be full. */
export class FakeJournal {
  entries: UpgradeEntry[] = [];
  /** Called with each line before it is written, and may throw. */
  fault: (event: UpgradeEvent) => void = () => {};
  /** Called after each line. It may never end. */
  written: () => void | Promise<void> = () => {};

  add = async (event: UpgradeEvent): Promise<void> => {
    this.fault(event);
    this.entries.push({ at: new Date(this.entries.length * 1000).toISOString(), ...event });
    await this.written();
  };

  phases(): UpgradePhase[] {
    return [...new Set(this.entries.flatMap((entry) => (entry.kind === "measured" ? [entry.phase] : [])))];
  }
}

/** Pace of tests: nothing is waited for. */
export const fakePace = { before: 0, settle: 0, stepTimeout: 0.05, attempts: 3, wait: 1 };

export const controllerOf = (
  target: FakeUpgrade,
  journal: FakeJournal,
  interrupted: AbortSignal,
  pauseBefore?: StepName,
  say: (line: string) => void = () => {},
) => new UpgradeController({ journal, target, load: target, pace: fakePace, pauseBefore, interrupted, say });

/** Goes on in a new process, as `npm run upgrade -- resume` or `abort` does: with the lines that the old one wrote. */
export async function goOnWith(
  target: FakeUpgrade,
  { entries }: FakeJournal,
  word: "resume" | "abort",
  interrupted: AbortSignal,
): Promise<{ readonly end: UpgradeEnd; readonly journal: FakeJournal }> {
  const journal = new FakeJournal();
  journal.entries = [...entries];
  await journal.add({ kind: "resumed" });
  const controller = controllerOf(target, journal, interrupted);
  const goesBack = word === "abort" || statusOf(journal.entries)?.back !== undefined;
  return { end: await (goesBack ? controller.back("aborted") : controller.run()), journal };
}
