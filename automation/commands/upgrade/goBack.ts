import { upgradeStages } from "../../../model/mesh/revisions";
import type { UpgradeEnd, UpgradeEvent } from "../../../model/upgrade/journal";
import { retry } from "../rollout/rollback";
import type { UpgradeLoad } from "./load";
import { measureDuring } from "./measure";
import type { UpgradeTarget } from "./target";

/** Limits of the way back. */
export interface BackPace {
  /** Seconds for which each stage is measured after its change. */
  readonly settle: number;
  /** Attempts of each part. */
  readonly attempts: number;
  /** Milliseconds between two of them. */
  readonly wait: number;
}

/** Signal of the way back, which nothing interrupts. */
const never = new AbortController().signal;

/**
 * Moves everything back to the old control plane, one stage after the other and the last one first: app and gateway never
 * restart at the same time. Then removes the new control plane.
 *
 * @param record - never throws, because the upgrade is taken back also when the disk is full
 */
export async function goBack(
  reason: string,
  target: UpgradeTarget,
  load: UpgradeLoad,
  { settle, ...limits }: BackPace,
  record: (event: UpgradeEvent) => Promise<void>,
  say: (line: string) => void,
): Promise<{ readonly end: UpgradeEnd; readonly reason: string }> {
  let last = "";
  const attempt = (work: () => Promise<void>) =>
    retry(work, { ...limits, seconds: Number.POSITIVE_INFINITY }, (failure) => {
      if (failure !== last) say(`${failure}; trying again`);
      last = failure;
    });
  const underLoad = (change: () => Promise<void>) =>
    attempt(() =>
      measureDuring(change, settle, load, never, (requests) =>
        record({ kind: "measured", phase: "back", ...requests }),
      ),
    );
  const stage = await target.stage().catch(() => upgradeStages.at(-1));
  const reached = upgradeStages.indexOf(stage ?? "istiod");
  for (const earlier of upgradeStages.slice(upgradeStages.indexOf("istiod"), Math.max(0, reached)).reverse()) {
    say(`going back to the stage ${earlier}`);
    const failure = await underLoad(() => target.moveTo(earlier));
    if (failure !== undefined) return { end: "not taken back", reason: `${reason}; ${failure}` };
  }
  say("removing the new control plane");
  const failure = await underLoad(async () => {
    await target.removeCallers();
    await target.removeNext();
  });
  return failure === undefined
    ? { end: "taken back", reason }
    : { end: "not taken back", reason: `${reason}; ${failure}` };
}
