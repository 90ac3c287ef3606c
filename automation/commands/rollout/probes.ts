import { setMaxListeners } from "node:events";
import { Agent } from "node:https";
import { setTimeout as pause } from "node:timers/promises";
import { getFrom, type IncompleteExchange, type Target } from "../../../host/http";
import type { Measurement } from "../../../model/canary/evidence";
import {
  type AnsweredProbe,
  measurementOf,
  stableTimes,
  type UnansweredProbe,
} from "../../../model/canary/probeCounts";
import { app, subsetHeader } from "../../../model/names";
import type { MetricsProvider } from "./metricsProvider";

/** Probes that may be under way at once. A version that hangs keeps some for their whole deadline. */
const atOnce = 100;
/** Limit of the probes that were sent within the last second. More would open connections faster than a slow machine can. */
const youngAtOnce = 20;
/** If the probability that chance sent all probes of a window to version 2 is at least this, chance may be the reason. */
const outageRisk = 0.001;
/** Milliseconds after which connections are replaced, so that probes reach gateways that are new and leave old ones. */
const connectionAge = 10_000;

/**
 * Probes: requests that this process sends through the published port at an even rate. A response header that the route sets
 * names the version that answered.
 *
 * Every probe that was sent is counted, also when it gets no answer: against the version of the headers that it got, else
 * as one of an unknown version.
 *
 * @param perSecond - most requests a second; a slow machine sends fewer
 * @param slowAbove - milliseconds above which an answer is slow; by default learned from version 1
 * @param countsOutages - true to count a window without any answer, which otherwise is no measurement
 */
export function probeProvider(
  target: Target & { tls: { ca: string } },
  perSecond: number,
  slowAbove?: number,
  countsOutages = false,
): MetricsProvider {
  let threshold = slowAbove;
  let times: number[] = [];
  let weight: number | undefined;
  let agent = new Agent();
  let agentEnds = 0;

  async function probe(signal: AbortSignal): Promise<AnsweredProbe | UnansweredProbe> {
    const begun = performance.now();
    try {
      const answer = await getFrom({ ...target, tls: { ...target.tls, agent } }, { signal });
      const { status, subset } = answer;
      weight = answer.weight ?? weight;
      return { subset: versionOf(subset), status, milliseconds: performance.now() - begun };
    } catch (error) {
      const { sent, headers, message } = error as IncompleteExchange;
      return { subset: versionOf(headers?.[subsetHeader]?.toString()), sent, message };
    }
  }

  return {
    name: "probes",
    byWeight: true,
    lag: 0,
    measure: async (seconds, signal): Promise<Measurement> => {
      if (performance.now() > agentEnds) {
        agent.destroy();
        agent = new Agent({ keepAlive: true, maxSockets: atOnce });
        agentEnds = performance.now() + connectionAge;
      }
      const stop = new AbortController();
      // one listener for each probe that is under way
      setMaxListeners(0, stop.signal);
      const abort = () => stop.abort();
      if (signal?.aborted) abort();
      signal?.addEventListener("abort", abort);
      const probesSent: Promise<AnsweredProbe | UnansweredProbe>[] = [];
      const young = new Set<NodeJS.Timeout>();
      let open = 0;
      const begun = performance.now();
      for (let now = begun; now < begun + seconds * 1000 && !stop.signal.aborted; now = performance.now()) {
        const due = Math.floor(((now - begun) * perSecond) / 1000) + 1;
        while (probesSent.length < due && open < atOnce && young.size < youngAtOnce) {
          open++;
          const aged = setTimeout(() => young.delete(aged), 1000);
          young.add(aged);
          probesSent.push(
            probe(stop.signal).finally(() => {
              open--;
              clearTimeout(aged);
              young.delete(aged);
            }),
          );
        }
        await pause(Math.max(1, Math.min(50, 1000 / perSecond)), undefined, { signal: stop.signal }).catch(() => {});
      }
      const outcomes = await Promise.all(probesSent);
      signal?.removeEventListener("abort", abort);
      if (stop.signal.aborted) throw new Error("interrupted");
      // if a version gets only a part of the traffic, the other part is answered, unless chance sent all of it to the version
      const [first] = outcomes;
      const isChance = ((weight ?? 0) / 100) ** outcomes.length >= outageRisk;
      if (first && !countsOutages && !isChance && !outcomes.some((outcome) => "status" in outcome))
        throw new Error(`no probe was answered: ${"message" in first ? first.message : ""}`);
      const measurement = measurementOf(outcomes, threshold, times);
      threshold = measurement.slowAbove;
      times = threshold === undefined ? [...times, ...stableTimes(outcomes)] : [];
      return measurement;
    },
  };
}

const versionOf = (subset: string | undefined) => app.subsets.find((name) => name === subset);
