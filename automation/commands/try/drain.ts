import { askEnvoy } from "../../../host/envoyAdmin";
import type { Api } from "../../../host/kubernetes";
import { poll } from "../../../host/wait";
import { workloadLabel } from "../../../model/trial/standIns/pods";
import { exitCodes, OperationFailed } from "../../stack/operation";
import { answering, isEnvoy, type Pod } from "./cluster";

/** Seconds in which a proxy closes its earlier connections: Istio's default is 45 s, which a user's annotation may set again. */
const draining = 90;

/** Listeners and their parts that a proxy has replaced and that still have connections, as Envoy counts them. */
const replaced = "stats?filter=^listener_manager.total_(filter_chains|listeners)_draining$";

/**
 * Waits until the proxies of a run have closed the connections that they accepted by an earlier configuration. A proxy that
 * has acknowledged a policy answers requests on these connections by the policy before it, and the proxies of callers keep
 * their connections from one run to the next.
 *
 * @throws OperationFailed naming the proxies that still have such connections
 */
export async function waitForDrainedProxies(api: Api, pods: readonly Pod[], seconds = draining): Promise<void> {
  const proxies = pods.filter((pod) => isEnvoy(pod) && pod.metadata.labels?.[workloadLabel] !== undefined);
  const isDrained = async ({ metadata }: Pod) => {
    const text = await askEnvoy(api, metadata, replaced, answering).catch(() => "");
    const counts = [...text.matchAll(/: (\d+)$/gm)].map(([, count]) => count);
    return counts.length > 0 && counts.every((count) => count === "0");
  };
  let left = proxies;
  const observe = async () => {
    const asked = left;
    const states = await Promise.all(asked.map(isDrained));
    left = asked.filter((_, i) => !states[i]);
    return left;
  };
  await poll(seconds, observe, (pods) => pods.length === 0);
  if (left.length > 0)
    throw new OperationFailed(
      `after ${seconds} s these proxies still have connections of their earlier configuration: ${left.map(({ metadata: { namespace, name } }) => `${namespace}/${name}`).join(", ")}`,
      exitCodes.inconclusive,
    );
}
