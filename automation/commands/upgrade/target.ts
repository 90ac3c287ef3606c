import type { Stage } from "../../../model/mesh/revisions";
import type { ProxyCounts } from "../../../model/upgrade/journal";
import type { Step, UpgradePlan } from "../../../model/upgrade/plan";

/** Environment that an upgrade changes and looks at. */
export interface UpgradeTarget {
  /** The reason why a step cannot be taken yet, with the remedy. */
  readonly obstacle: (plan: UpgradePlan, step: Step) => Promise<string | undefined>;
  /** Starts the pods that call the app before and during a step, unless they run. */
  readonly startCallers: (plan: UpgradePlan, step: Step) => Promise<void>;
  readonly removeCallers: () => Promise<void>;
  /** Changes the configuration and applies it. */
  readonly apply: (plan: UpgradePlan, step: Step) => Promise<void>;
  /** Fact that shows that a step did not have its effect. Undefined if it had. */
  readonly problem: (plan: UpgradePlan, step: Step) => Promise<string | undefined>;
  readonly proxies: () => Promise<ProxyCounts>;
  /** Stage in the configuration. Undefined without a second control plane. */
  readonly stage: () => Promise<Stage | undefined>;
  /** Applies an earlier stage. */
  readonly moveTo: (stage: Stage) => Promise<void>;
  /** Removes the new control plane, which nothing uses any more. */
  readonly removeNext: () => Promise<void>;
}
