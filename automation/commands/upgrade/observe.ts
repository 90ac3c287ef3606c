import { type Api, listOf } from "../../../host/kubernetes";
import { poll } from "../../../host/wait";
import { revisionOf } from "../../../model/mesh/revisions";
import { app, meshNamespace } from "../../../model/names";
import type { UpgradePlan, UpgradeStep } from "../../../model/upgrade/plan";
import {
  isZtunnel,
  type Namespace,
  type ProxyPod,
  pinnedTo,
  proxiesOfOtherVersion,
} from "../../../model/upgrade/proxies";
import { missingValidation, newProxies } from "./admission";
import { callerNamespaces } from "./callers";

/** Namespaces whose pods the steps of an upgrade restart, or that are its own. */
const restarted: readonly string[] = [meshNamespace, app.namespace, ...Object.values(callerNamespaces)];
/** Seconds in which the pods that a step replaces are gone. */
const usualSeconds = 60;

/**
 * The reason why a step cannot be taken yet, with the remedy: pods and namespaces of the user's that the old control plane
 * still serves must not lose it.
 */
export function obstacleOf(
  { from, to }: UpgradePlan,
  { name }: UpgradeStep,
  pods: readonly ProxyPod[],
  namespaces: readonly Namespace[],
): string | undefined {
  if (name !== "finish") return undefined;
  const pinned = pinnedTo(namespaces, from).filter((namespace) => !restarted.includes(namespace));
  if (pinned.length > 0)
    return `the namespace ${pinned.join(", ")} names the revision ${revisionOf(from)}, which would be gone; fix: kubectl label namespace ${pinned[0]} istio.io/rev=stable --overwrite, then restart its pods`;
  const old = proxiesOfOtherVersion(pods, to, (namespace) => !restarted.includes(namespace));
  const places = [...new Set(old.map((pod) => pod.split("/")[0]))];
  return old.length > 0
    ? `proxies still use the old control plane: ${old.join(", ")}; fix: kubectl rollout restart deployment -n ${places[0]}`
    : undefined;
}

type Reads = Pick<Api, "get" | "create">;

/** Pods of a namespace whose proxy has another version, after the time in which the replaced ones end. */
async function notOn(
  api: Reads,
  version: string,
  namespace: string,
  seconds: number,
  counts: (pod: ProxyPod) => boolean = () => true,
): Promise<string | undefined> {
  const pods = await poll(
    seconds,
    async () => {
      const existing = await listOf<ProxyPod>(api, `/api/v1/namespaces/${namespace}/pods`);
      return proxiesOfOtherVersion(existing, version, (_, pod) => counts(pod));
    },
    (names) => names.length === 0,
  );
  return pods.length > 0 ? `not on ${version}: ${pods.join(", ")}` : undefined;
}

/** Fact that shows that a step did not have its effect. Undefined if it had. */
export async function problemOf(
  api: Reads,
  { from, to }: UpgradePlan,
  { name }: UpgradeStep,
  seconds = usualSeconds,
): Promise<string | undefined> {
  switch (name) {
    case "gateway":
      return notOn(api, to, meshNamespace, seconds, (pod) => !isZtunnel(pod));
    case "app":
      return (
        (await notOn(api, to, app.namespace, seconds)) ??
        (await notOn(api, to, meshNamespace, seconds)) ??
        newProxies(api, "stable", to)
      );
    case "default":
      return (await newProxies(api, "default", to)) ?? missingValidation(api);
    case "finish": {
      const path = `/apis/apps/v1/namespaces/${meshNamespace}/deployments`;
      const former = await listOf(api, path, `app=istiod,istio.io/rev=${revisionOf(from)}`);
      return former.length > 0 ? `the control plane ${from} is still there` : undefined;
    }
    default:
      return undefined;
  }
}
