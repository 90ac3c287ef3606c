import { meshNamespace } from "../../../names";
import { destinationRulesFor } from "../../manifests/hosts";
import { titleOf } from "../../manifests/objects";
import { fqdnOf, istioHost } from "../../manifests/services";
import { calledService, hasFlag, ofKind } from "../context";
import { destinationsOf } from "../httpRoutes";
import { takenRoutes, virtualServicesForHost } from "../routes";
import { subsetsOf } from "../trafficPolicies";
import type { Mistake } from "./mistake";

/** A subset that no DestinationRule defines, or that one in a namespace without effect does. */
const subsetWithoutRule: Mistake = (context) => {
  if (!hasFlag(context, "NC")) return undefined;
  const rules = ofKind(context.objects, "DestinationRule");
  const taken = takenRoutes(context).map(({ object }) => object);
  const destinations = [...new Set([...virtualServicesForHost(context), ...taken])].flatMap((object) =>
    (["http", "tcp", "tls"] as const).flatMap((kind) => destinationsOf(object, kind)),
  );
  for (const { destination, fqdn, place } of destinations) {
    const { subset } = destination;
    if (!subset) continue;
    const defining = rules.filter((rule) => subsetsOf(rule).some(({ name }) => name === subset));
    const [rule] = destinationRulesFor(fqdn, defining);
    const [otherHost] = defining;
    if (!rule && otherHost)
      return {
        text: `${titleOf(otherHost)} defines subset ${subset} for the host ${istioHost(String(otherHost.spec?.host), otherHost.$.namespace)}, and the route leads to ${fqdn}`,
        place: otherHost.$.placeOf(["spec", "host"]),
        fix: `host: ${fqdn}`,
      };
    if (!rule)
      return {
        text: `no DestinationRule for ${fqdn} has the subset ${subset}`,
        place,
        fix: "add the subset, or name one that exists",
      };
    const owner = fqdn.split(".")[1] ?? "";
    if (![owner, meshNamespace, context.caller.namespace].includes(rule.$.namespace))
      return {
        text: `${titleOf(rule)} is in neither the caller's nor the Service's namespace (${owner}), so the caller does not find it`,
        place: rule.$.placeOf(["metadata", "namespace"]),
        fix: `move it to namespace ${owner}`,
      };
  }
  return undefined;
};

/** A rule of the caller's own namespace that hides every rule of other namespaces. */
const hiddenRule: Mistake = (context) => {
  const service = calledService(context);
  if (!service) return undefined;
  const rules = destinationRulesFor(fqdnOf(service), context.objects);
  const order = [context.caller.namespace, service.namespace, meshNamespace];
  const first = order.map((namespace) => rules.find(({ $ }) => $.namespace === namespace)).find(Boolean);
  const hidden = rules.find((rule) => rule !== first && rule.$.namespace !== first?.$.namespace);
  return first && hidden
    ? {
        text: `${titleOf(first)} is used, and ${titleOf(hidden)} is not: only the rule of the first namespace that has one counts (the caller's, the Service's, ${meshNamespace}), and rules are not merged`,
        place: hidden.$.place,
        fix: `put what is needed into ${titleOf(first)}`,
      }
    : undefined;
};

export const mistakesOfSubsets: readonly Mistake[] = [subsetWithoutRule, hiddenRule];
