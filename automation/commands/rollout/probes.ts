import { Agent } from "node:https";
import { get, type Target } from "../../../host/http";
import type { Counts } from "../../../model/canary/evidence";
import { app } from "../../../model/names";
import type { MetricsProvider } from "./source";

interface Answer {
  readonly subset: string | undefined;
  readonly failed: boolean;
  readonly milliseconds: number;
}

/**
 * Active probes: requests of this process through the published port, told apart by the header that the route sets.
 *
 * Slow is slower than nine of ten answers of the stable version were in the first seconds that measured enough of it.
 *
 * @param perSecond - requests a second, a bound and not a promise
 */
export function probes(target: Target & { tls: { ca: string } }, perSecond: number): MetricsProvider {
  const agent = new Agent({ keepAlive: true, maxSockets: 20 });
  let threshold: number | undefined;

  async function one(): Promise<Answer> {
    const begun = performance.now();
    const { status, subset } = await get({ ...target, tls: { ...target.tls, agent } });
    return { subset, failed: status >= 500, milliseconds: performance.now() - begun };
  }

  function countsOf(answers: readonly Answer[]): Counts {
    const bound = threshold ?? Number.POSITIVE_INFINITY;
    return {
      requests: answers.length,
      serverErrors: answers.filter(({ failed }) => failed).length,
      clientErrors: 0,
      redirects: 0,
      noAnswer: 0,
      slow: answers.filter(({ milliseconds }) => milliseconds > bound).length,
      timed: threshold === undefined ? 0 : answers.length,
    };
  }

  return {
    name: "probes",
    byWeight: true,
    lag: 0,
    measure: async (seconds) => {
      const answers: Answer[] = [];
      const failures: Error[] = [];
      const until = performance.now() + seconds * 1000;
      const workers = 10;
      const worker = async () => {
        while (performance.now() < until) {
          const next = performance.now() + (workers * 1000) / perSecond;
          await one().then(
            (answer) => answers.push(answer),
            (error: Error) => failures.push(error),
          );
          const rest = next - performance.now();
          if (rest > 0) await new Promise((resolve) => setTimeout(resolve, rest));
        }
      };
      await Promise.all(Array.from({ length: workers }, worker));
      if (answers.length === 0) throw new Error(`no probe was answered: ${failures[0]?.message ?? "none was sent"}`);
      const [stable, canary] = app.subsets.map((name) => answers.filter(({ subset }) => subset === name));
      if (!stable || !canary) throw new Error("there are not two subsets");
      if (threshold === undefined && stable.length >= 50) {
        const times = stable.map(({ milliseconds }) => milliseconds).sort((a, b) => a - b);
        threshold = times[Math.floor(times.length * 0.9)];
      }
      return {
        stable: countsOf(stable),
        canary: countsOf(canary),
        unattributed: 0,
        ...(threshold !== undefined && { slowAbove: threshold }),
      };
    },
  };
}
