import { askEnvoy } from "../../../host/envoyAdmin";
import type { Api } from "../../../host/kubernetes";
import { poll } from "../../../host/wait";
import { missingSecrets, namesSecrets } from "../../../model/trial/certificates/certificates";
import type { Plan } from "../../../model/trial/plan";
import { exitCodes, OperationFailed } from "../../stack/operation";
import { allPods, answerSeconds, isEnvoy, type Pod, podsOfRun } from "./cluster";
import { areAtZero, refuseProxiesLeft } from "./gauges";

/** Seconds in which a gateway drops a Secret: connections of its old configuration drain for 45 s. */
const forgetSeconds = 90;
/** Seconds in which a proxy has a Secret, or has given up: Envoy waits 15 s for one (initial_fetch_timeout). */
const warmUpSeconds = 60;

/** Secrets that a run lacks and that a gateway still serves, NAMESPACE/NAME. */
async function rememberedSecrets(api: Api, plan: Plan): Promise<string[]> {
  const missing = missingSecrets(plan);
  const namespaces = new Set(missing.map(({ namespace }) => namespace));
  if (namespaces.size === 0) return [];
  const gateways = (await allPods(api)).filter((pod) => namespaces.has(pod.metadata.namespace) && isEnvoy(pod));
  const secrets = "config_dump?resource=dynamic_active_secrets";
  const dumps = await Promise.all(gateways.map(({ metadata }) => askEnvoy(api, metadata, secrets, answerSeconds)));
  return missing
    .filter(({ name }) => dumps.some((text) => text.includes(`"kubernetes://${name}"`)))
    .map(({ namespace, name }) => `${namespace}/${name}`);
}

/**
 * Waits until no gateway serves a Secret that an earlier run had and this one lacks. The run applies nothing before.
 *
 * A gateway keeps a Secret while connections of its old configuration drain. A new listener that names the Secret would use
 * it, and the test would never show that it is missing.
 *
 * @param remove - removes what an earlier run left
 * @throws OperationFailed naming the Secrets that a gateway still serves
 */
export async function forgetSecrets(
  api: Api,
  plan: Plan,
  { say, remove }: { readonly say: (line: string) => void; readonly remove: () => Promise<void> },
  seconds = forgetSeconds,
): Promise<void> {
  const served = await rememberedSecrets(api, plan);
  if (served.length === 0) return;
  say(`a gateway still serves ${served.join(", ")} of an earlier run: waiting until it has forgotten it, about 45 s`);
  await remove();
  const left = await poll(
    seconds,
    () => rememberedSecrets(api, plan),
    (names) => names.length === 0,
  );
  if (left.length > 0)
    throw new OperationFailed(
      `a gateway still serves a Secret of an earlier run: ${left.join(", ")}; run the tests again in a minute`,
      exitCodes.inconclusive,
    );
}

/** Gauges of Envoy for listeners and clusters that a proxy has accepted and does not use yet. */
const unused = "^(listener_manager.total_listeners_warming|cluster_manager.warming_clusters)$";

/**
 * Waits until no proxy waits for a Secret. A proxy acknowledges a listener that lacks one, and answers by the listener before
 * it until it has the Secret or gives up.
 *
 * @throws OperationFailed naming the proxies that still wait
 */
export async function waitForWarmProxies(
  api: Api,
  plan: Plan,
  pods: readonly Pod[],
  seconds = warmUpSeconds,
): Promise<void> {
  if (!plan.applied.some(namesSecrets)) return;
  const proxies = podsOfRun(plan, pods).filter(isEnvoy);
  const observe = async () => {
    const states = await Promise.all(proxies.map((pod) => areAtZero(api, pod, unused)));
    return proxies.filter((_, i) => !states[i]);
  };
  const left = await poll(seconds, observe, (pods) => pods.length === 0);
  refuseProxiesLeft(left, seconds, "wait for a Secret");
}
