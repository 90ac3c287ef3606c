import type { Api } from "../../../host/kubernetes";
import { addCounts, type Measurement, noCounts, type RequestCounts } from "../../../model/canary/evidence";
import { callsSince } from "../../../model/upgrade/calls";
import type { UpgradeRequests } from "../../../model/upgrade/journal";
import type { MetricsProvider } from "../rollout/metricsProvider";
import { callerNamespaces, callsSinceStart } from "./callers";

/** Seconds of one window of requests through the ingress gateway. */
const windowSeconds = 2;

/** Counts of both versions of the app together. A request without an answer failed, whoever should have answered. */
function ingressCounts({ stable, canary, unattributed }: Measurement): RequestCounts {
  const both = addCounts(stable, canary);
  return { ...both, requests: both.requests + unattributed, noAnswer: both.noAnswer + unattributed };
}

/** Load of an upgrade. */
export interface UpgradeLoad {
  /** Calls between pods that are made before now count in no window. */
  readonly begin: () => Promise<void>;
  /** Requests of a few seconds. @throws Error when the signal aborts */
  readonly window: (signal: AbortSignal) => Promise<UpgradeRequests>;
}

/** Requests through the ingress gateway, and calls between pods of the old and the new revision. */
export function upgradeLoad(provider: MetricsProvider, api: Pick<Api, "text">): UpgradeLoad {
  const counted = new Map<string, RequestCounts>();
  const mesh = async (): Promise<RequestCounts> => {
    let sum = noCounts;
    for (const namespace of Object.values(callerNamespaces)) {
      // a log that cannot be read now is read with the next window
      const now = await callsSinceStart(api, namespace).catch(() => undefined);
      if (!now) continue;
      sum = addCounts(sum, callsSince(counted.get(namespace) ?? noCounts, now));
      counted.set(namespace, now);
    }
    return sum;
  };
  return {
    begin: async () => {
      await mesh();
    },
    window: async (signal) => {
      const ingress = ingressCounts(await provider.measure(windowSeconds, signal));
      return { ingress, mesh: await mesh() };
    },
  };
}
