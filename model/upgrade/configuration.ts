import type { UpgradeStage } from "../mesh/revisions";
import type { KeyName } from "../settings/contract";
import type { UpgradePlan, UpgradeStep } from "./plan";

/** A change of one key. An undefined value removes the key. */
export type KeyChange = readonly [key: KeyName, value: string | undefined];

/** Changes that remove the second control plane from the configuration. */
export const withoutNext: readonly KeyChange[] = [
  ["nextIstioVersion", undefined],
  ["nextIstioStage", undefined],
];

export const toStage = (stage: UpgradeStage): KeyChange => ["nextIstioStage", stage];

/**
 * Changes of a step, one after the other. A process may be killed between any two of them, so each leaves a valid
 * configuration: a stage has no effect without a next version, and both versions may be the same.
 */
export function changesOf({ to }: UpgradePlan, { name, stage }: UpgradeStep): readonly KeyChange[] {
  if (stage !== undefined) return [toStage(stage), ["nextIstioVersion", to]];
  return name === "finish" ? [["istioVersion", to], ...withoutNext] : [];
}
