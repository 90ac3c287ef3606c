import { messageOf } from "../../../host/failure";
import { poll } from "../../../host/wait";
import type { Rollback, RolloutEnd, RolloutEvent } from "../../../model/canary/plan";
import { type CommandWriter, forNpm, run } from "../../../model/output/remedy";
import type { RolloutJournal } from "./journal";
import { RoutedOtherwise, type TrafficController } from "./traffic";

/** Limits of the retries of a rollback. */
export interface RetryLimits {
  readonly routeSeconds: number;
  readonly applyAttempts: number;
  /** Milliseconds between two attempts. */
  readonly wait: number;
}

export const defaultRetryLimits: RetryLimits = { routeSeconds: 60, applyAttempts: 3, wait: 1000 };

/** Repeats an attempt until it succeeds, the time is over or no attempts are left. Returns the reason of the last failure. */
export function retry(
  work: () => Promise<void>,
  { seconds, attempts, wait }: { seconds: number; attempts: number; wait: number },
  onFailure: (reason: string) => void,
): Promise<string | undefined> {
  let left = attempts;
  return poll(
    seconds,
    () => work().then(() => undefined, messageOf),
    (reason) => {
      if (reason === undefined || --left <= 0) return true;
      onFailure(reason);
      return false;
    },
    wait,
  );
}

/** Result of a rollback. */
export interface RollbackResult {
  readonly end: RolloutEnd;
  readonly reason: string;
}

/**
 * Moves traffic back from version 2: first only the route in the cluster, then the configuration and the state.
 *
 * Only the route matters to users, so the rollback continues when the disk is full: the journal, the configuration and
 * Pulumi's state may fail. The intention is in the journal first, so that `resume` and `abort` finish a rollback that
 * was killed.
 */
export async function rollBack(
  { to, end, reason }: Rollback,
  traffic: TrafficController,
  journal: Pick<RolloutJournal, "add">,
  say: (line: string) => void,
  { routeSeconds, applyAttempts, wait }: RetryLimits = defaultRetryLimits,
  commands: CommandWriter = forNpm(),
): Promise<RollbackResult> {
  const record = (event: RolloutEvent) =>
    journal.add(event).catch((error: Error) => say(`rolling back all the same: ${error.message}`));
  const ended = async (result: RollbackResult): Promise<RollbackResult> => {
    await record({ kind: "ended", ...result });
    return result;
  };
  let last = "";
  const again = (what: string) => (why: string) => {
    if (why !== last) say(`${what}: ${why}; trying again`);
    last = why;
  };
  say(`rolling back to ${to} %: ${reason}`);
  await record({ kind: "rolling back", to, end, reason });
  const unrouted = await retry(
    () => traffic.patchRoute(to),
    { seconds: routeSeconds, attempts: Number.POSITIVE_INFINITY, wait },
    again("the route does not change"),
  );
  const unapplied = await retry(
    () => traffic.apply(to),
    { seconds: Number.POSITIVE_INFINITY, attempts: applyAttempts, wait },
    again("the configuration does not follow"),
  );
  if (unrouted !== undefined && unapplied !== undefined)
    return ended({ end: "not rolled back", reason: `${reason}; ${unrouted}; ${unapplied}` });
  const unconfirmed = await traffic.confirm(to).catch((error: Error) => error);
  if (unconfirmed instanceof RoutedOtherwise)
    return ended({ end: "not rolled back", reason: `${reason}; ${unconfirmed.message}` });
  const doubt = unconfirmed ? `; not confirmed: ${unconfirmed.message}` : "";
  if (unapplied === undefined) return ended({ end, reason: `${reason}${doubt}` });
  // without the line that it ended, resume and abort still finish it
  say(
    `the route gives version 2 ${to} % again, but the configuration does not: ${unapplied}; fix: ${commands(run("rollout", "abort"))}`,
  );
  return { end, reason: `${reason}${doubt}` };
}
