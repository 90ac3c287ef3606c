import type { Api } from "../../../host/kubernetes";
import { poll } from "../../../host/wait";
import { missingSecrets } from "../../../model/trial/certificates";
import type { Plan } from "../../../model/trial/plan";
import { exitCodes, OperationFailed } from "../../stack/operation";
import { hasProxy, type Pod } from "./cluster";

/** Seconds after which a gateway has forgotten a Secret: connections of its old configuration drain for 45 s. */
const patience = 90;
const secretsOf = ["pilot-agent", "request", "GET", "config_dump?resource=dynamic_active_secrets"];

/**
 * Waits until no gateway serves a Secret any more that an earlier run had and this one lacks. A gateway keeps the
 * certificate of a Secret while connections of its old configuration drain, so that a missing Secret would not show.
 *
 * @throws OperationFailed naming the Secrets that a gateway still serves
 */
export async function waitForForgottenSecrets(api: Api, plan: Plan, pods: readonly Pod[]): Promise<void> {
  const missing = missingSecrets(plan);
  if (missing.length === 0) return;
  const namespaces = new Set(missing.map(({ namespace }) => namespace));
  const gateways = pods.filter((pod) => namespaces.has(pod.metadata.namespace) && hasProxy(pod));
  const look = async () => {
    const dumps = await Promise.all(
      gateways.map(({ metadata: { namespace, name } }) =>
        api.execute(namespace, name, secretsOf, { container: "istio-proxy", seconds: 20 }),
      ),
    );
    return missing.filter(({ name }) => dumps.some((text) => text.includes(`"kubernetes://${name}"`)));
  };
  const left = await poll(patience, look, (seen) => seen.length === 0);
  if (left.length > 0)
    throw new OperationFailed(
      `a gateway still serves a Secret of an earlier run: ${left.map(({ namespace, name }) => `${namespace}/${name}`).join(", ")}; run the tests again in a minute`,
      exitCodes.inconclusive,
    );
}
