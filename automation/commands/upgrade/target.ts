import type { UpgradeStage } from "../../../model/mesh/revisions";
import type { ProxyCounts } from "../../../model/upgrade/journal";
import type { UpgradePlan, UpgradeStep } from "../../../model/upgrade/plan";

/** Environment that an upgrade changes and looks at. */
export interface UpgradeTarget {
  /** The reason why a step cannot be taken yet, with the remedy. */
  readonly obstacle: (plan: UpgradePlan, step: UpgradeStep) => Promise<string | undefined>;
  /** Starts the pods that call the app before and during a step, unless they run. */
  readonly startCallers: (plan: UpgradePlan, step: UpgradeStep) => Promise<void>;
  readonly removeCallers: () => Promise<void>;
  /** Changes the configuration and applies it. */
  readonly apply: (plan: UpgradePlan, step: UpgradeStep) => Promise<void>;
  /** Fact that shows that a step did not have its effect. Undefined if it had. */
  readonly problem: (plan: UpgradePlan, step: UpgradeStep) => Promise<string | undefined>;
  readonly proxies: () => Promise<ProxyCounts>;
  /** Stage in the configuration. Undefined without a second control plane. */
  readonly stage: () => Promise<UpgradeStage | undefined>;
  /** Applies an earlier stage. */
  readonly moveTo: (stage: UpgradeStage) => Promise<void>;
  /** Removes the new control plane, which nothing uses any more. */
  readonly removeNext: () => Promise<void>;
}
