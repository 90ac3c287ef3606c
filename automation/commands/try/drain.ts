import type { Api } from "../../../host/kubernetes";
import { poll } from "../../../host/wait";
import { workloadLabel } from "../../../model/trial/standIns/pods";
import { isEnvoy, type Pod } from "./cluster";
import { areAtZero, refuseProxiesLeft } from "./gauges";

/** Seconds in which a proxy closes its earlier connections: Istio's default is 45 s, which a user's annotation may set again. */
const drainSeconds = 90;

/** Gauges of Envoy for replaced listeners, and parts of listeners, that still have connections. */
const replaced = "^listener_manager.total_(filter_chains|listeners)_draining$";

/**
 * Waits until the proxies of a run have closed the connections that they accepted by an earlier configuration. A proxy that
 * has acknowledged a policy answers requests on these connections by the policy before it, and the proxies of callers keep
 * their connections from one run to the next.
 *
 * @throws OperationFailed naming the proxies that still have such connections
 */
export async function waitForDrainedProxies(api: Api, pods: readonly Pod[], seconds = drainSeconds): Promise<void> {
  const proxies = pods.filter((pod) => isEnvoy(pod) && pod.metadata.labels?.[workloadLabel] !== undefined);
  let left = proxies;
  const observe = async () => {
    const candidates = left;
    const states = await Promise.all(candidates.map((pod) => areAtZero(api, pod, replaced)));
    left = candidates.filter((_, i) => !states[i]);
    return left;
  };
  await poll(seconds, observe, (pods) => pods.length === 0);
  refuseProxiesLeft(left, seconds, "have connections of their earlier configuration");
}
