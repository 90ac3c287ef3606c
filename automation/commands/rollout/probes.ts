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

/** Largest number of open probes. A version that hangs keeps some of them until their deadline. */
const mostOpen = 100;
/** Largest number of open probes that began in the last second. With more, a slow machine could not open the connections in time. */
const mostRecent = 20;
/** Smallest probability at which chance may explain that all probes of a window went to version 2. */
const outageRisk = 0.001;
/** Milliseconds after which a connection is replaced, so that probes also reach new gateways. */
const connectionAge = 10_000;

/**
 * Measures by probes: requests that this process sends through the published port at an even rate. The route sets a
 * response header that names the version.
 *
 * Every probe counts, also without a complete answer. If its headers arrived, it counts against the version that they
 * name. Otherwise the version is unknown.
 *
 * @param perSecond - largest number of requests a second; a slow machine sends fewer
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
        agent = new Agent({ keepAlive: true, maxSockets: mostOpen });
        agentEnds = performance.now() + connectionAge;
      }
      const stop = new AbortController();
      // each concurrent probe adds one listener
      setMaxListeners(0, stop.signal);
      const abort = () => stop.abort();
      if (signal?.aborted) abort();
      signal?.addEventListener("abort", abort);
      const probesSent: Promise<AnsweredProbe | UnansweredProbe>[] = [];
      const recent = new Set<NodeJS.Timeout>();
      let open = 0;
      const begun = performance.now();
      for (let now = begun; now < begun + seconds * 1000 && !stop.signal.aborted; now = performance.now()) {
        const due = Math.floor(((now - begun) * perSecond) / 1000) + 1;
        while (probesSent.length < due && open < mostOpen && recent.size < mostRecent) {
          open++;
          const timer = setTimeout(() => recent.delete(timer), 1000);
          recent.add(timer);
          probesSent.push(
            probe(stop.signal).finally(() => {
              open--;
              clearTimeout(timer);
              recent.delete(timer);
            }),
          );
        }
        await pause(Math.max(1, Math.min(50, 1000 / perSecond)), undefined, { signal: stop.signal }).catch(() => {});
      }
      const outcomes = await Promise.all(probesSent);
      signal?.removeEventListener("abort", abort);
      if (stop.signal.aborted) throw new Error("interrupted");
      // a failing version 2 alone leaves answers of version 1, unless by chance version 2 got every probe
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
