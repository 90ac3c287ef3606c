import { setTimeout as pause } from "node:timers/promises";
import { CounterReset } from "../../../model/canary/counters";
import { addMeasurements, noMeasurement } from "../../../model/canary/evidence";
import type { End, Entry, Plan } from "../../../model/canary/plan";
import { judge, type Pace, progressLine, rules, usualPace, type Verdict } from "../../../model/canary/verdict";
import type { Journal } from "./journal";
import type { MetricsProvider } from "./source";

/** What a rollout does to an environment. */
export interface Hands {
  /** Sets the weight in the stack's configuration, brings the stack up and waits until every gateway routes by it. */
  readonly setWeight: (weight: number) => Promise<void>;
  /** Sends traffic back at once, before configuration and state follow. */
  readonly rollBackNow: (weight: number) => Promise<void>;
}

/** Drives one rollout; every step is in the journal before the next is made. */
export class Drive {
  constructor(
    private readonly journal: Journal,
    private readonly hands: Hands,
    private readonly source: MetricsProvider,
    private readonly say: (line: string) => void,
    private readonly interrupted: AbortSignal,
    private readonly onInterrupt: "rollback" | "pause" = "rollback",
    private readonly pace: Pace = usualPace,
  ) {}

  /** Goes through the plan from a step on; answers how it ended. */
  async run(plan: Plan, from: number): Promise<End> {
    for (const weight of plan.steps.slice(from)) {
      await this.add({ kind: "step", weight });
      this.say(`weight ${weight} %`);
      const trouble = await this.hands.setWeight(weight).then(
        () => undefined,
        (error: Error) => error.message,
      );
      if (trouble !== undefined && !this.interrupted.aborted) return this.end("paused", trouble);
      const verdict = await this.decide(weight, plan.steps.length);
      if (this.interrupted.aborted)
        return this.onInterrupt === "pause"
          ? this.end("paused", "interrupted")
          : this.back(plan, "cancelled", "interrupted");
      await this.add({ kind: "verdict", weight, verdict });
      this.say(`weight ${weight} %: ${verdict.outcome}, ${verdict.reason}`);
      if (verdict.outcome === "fail") return this.back(plan, "rolled back", verdict.reason);
      if (verdict.outcome === "insufficient") return this.end("paused", verdict.reason);
    }
    return this.end("promoted", `weight ${plan.steps.at(-1)} %`);
  }

  /** Returns to the weight before the rollout: the route first, then configuration and state. */
  async back(plan: Plan, end: End, reason: string): Promise<End> {
    this.say(`back to ${plan.from} %: ${reason}`);
    await this.hands.rollBackNow(plan.from);
    const unconfirmed = await this.hands.setWeight(plan.from).then(
      () => "",
      (error: Error) => `; not confirmed: ${error.message}`,
    );
    return this.end(end, reason + unconfirmed);
  }

  private async decide(weight: number, steps: number): Promise<Verdict> {
    const held = { ...rules(steps), ...(!this.source.byWeight && { splitFrom: Number.POSITIVE_INFINITY }) };
    let measured = noMeasurement;
    let verdict: Verdict = { outcome: "insufficient", code: "not-measured", reason: "nothing was measured" };
    // what the source still has to tell of the weight before belongs to no window of this one
    await pause(this.source.lag * 1000, undefined, { signal: this.interrupted }).catch(() => {});
    const until = Date.now() + this.pace.stepTimeout * 1000;
    for (let told = Date.now(); Date.now() < until && !this.interrupted.aborted; ) {
      try {
        const window = await this.source.measure(this.pace.interval, this.interrupted);
        await this.add({ kind: "measured", weight, ...window });
        measured = addMeasurements(measured, window);
      } catch (error) {
        // what cannot be measured does not decide; a source that stays away pauses the rollout
        verdict = {
          outcome: "insufficient",
          code: "not-measured",
          reason: `${this.source.name}: ${(error as Error).message}`,
        };
        if (error instanceof CounterReset) return verdict;
        continue;
      }
      verdict = judge({ measured, weight }, held);
      if (verdict.outcome !== "insufficient") return verdict;
      if (Date.now() - told < this.pace.progressInterval * 1000) continue;
      told = Date.now();
      this.say(progressLine({ measured, weight }, verdict));
    }
    return verdict;
  }

  private async end(end: End, reason: string): Promise<End> {
    await this.add({ kind: "ended", end, reason });
    return end;
  }

  private add(entry: DistributiveOmit<Entry, "at">): Promise<void> {
    return this.journal.add({ at: new Date().toISOString(), ...entry } as Entry);
  }
}

type DistributiveOmit<T, K extends PropertyKey> = T extends unknown ? Omit<T, K> : never;
