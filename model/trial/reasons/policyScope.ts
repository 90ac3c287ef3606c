import { meshNamespace } from "../../names";
import { matchesLabels } from "../manifests/labels";
import type { Texts, UserObject } from "../manifests/objects";
import { titleOf } from "../manifests/objects";
import { type Service, serviceKey } from "../manifests/services";
import type { Reason } from "../report/result";
import { arrivalOf } from "../requests/observation";
import type { StandIn } from "../standIns/standIns";
import { type Context, calledService, entranceNamespace, entranceOfCaller, ofKind, serviceSentTo } from "./context";

interface TargetRef {
  readonly kind?: string;
  readonly name?: string;
}

/** Policies that apply to a workload: of its namespace or the root namespace, by selector or target. */
export function policiesFor(
  kind: string,
  namespace: string,
  labels: Texts,
  objects: readonly UserObject[],
): UserObject[] {
  return ofKind(objects, kind).filter(({ $, spec }) => {
    if ($.namespace !== namespace && $.namespace !== meshNamespace) return false;
    const targets = (spec?.targetRefs ?? (spec?.targetRef ? [spec.targetRef] : [])) as TargetRef[];
    // a PeerAuthentication of the root namespace with a selector applies to pods of the root namespace only
    if (kind === "PeerAuthentication" && $.namespace !== namespace && spec?.selector) return false;
    if (targets.length > 0)
      return targets.some(({ name }) => labels["gateway.networking.k8s.io/gateway-name"] === name);
    return matchesLabels((spec?.selector?.matchLabels ?? {}) as Texts, labels);
  });
}

/** Service that a request is for: by its host name, or for a caller from outside by the cluster that the gateway chose. */
export function targetService(context: Context): Service | undefined {
  return calledService(context) ?? serviceSentTo(context);
}

/** Workload that received the request. Undefined if none did. */
export function receiverOf({ standIns, observation }: Context): StandIn | undefined {
  const receiver = arrivalOf(observation)?.workload;
  return standIns.find(({ id }) => id === receiver);
}

/** Policies of the called workload. */
export function targetPolicies(context: Context, kind: string): UserObject[] {
  const service = targetService(context);
  const receiver = arrivalOf(context.observation)?.workload;
  const standIn = context.standIns.find(
    ({ id, services }) => id === receiver || (service && services.includes(serviceKey(service))),
  );
  return standIn ? policiesFor(kind, standIn.namespace, standIn.labels, context.objects) : [];
}

/** Policies of the workload that answered, and of the gateway that the request came through. */
export function policiesPassed(context: Context): { workloadPolicies: UserObject[]; gatewayPolicies: UserObject[] } {
  const { caller, objects } = context;
  const standIn = receiverOf(context);
  const entrance = caller.outside ? entranceOfCaller(context) : undefined;
  const policiesOf = (namespace: string, labels: Texts) =>
    policiesFor("AuthorizationPolicy", namespace, labels, objects);
  const workloadPolicies = standIn && standIn.sidecar !== false ? policiesOf(standIn.namespace, standIn.labels) : [];
  const gatewayPolicies = entrance ? policiesOf(entranceNamespace(context), entrance.labels) : [];
  return { workloadPolicies, gatewayPolicies: gatewayPolicies.filter((policy) => !workloadPolicies.includes(policy)) };
}

/** Reason for a policy with the labels of the gateway that the request came through, but in another namespace. */
export function misplacedReason(policy: UserObject, context: Context): Reason | undefined {
  if (!context.caller.outside) return undefined;
  const { labels } = entranceOfCaller(context);
  const namespace = entranceNamespace(context);
  const selector = (policy.spec?.selector?.matchLabels ?? {}) as Texts;
  const isFor = Object.keys(selector).length > 0 && matchesLabels(selector, labels);
  if (!isFor || policy.$.namespace === namespace || policy.$.namespace === meshNamespace) return undefined;
  return {
    text: `${titleOf(policy)} has the labels of the gateway, and a selector selects pods of the policy's namespace only: the gateway is in ${namespace}`,
    place: policy.$.placeOf(["metadata", "namespace"]),
    fix: `namespace: ${namespace}`,
  };
}
