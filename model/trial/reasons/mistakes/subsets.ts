import { meshNamespace } from "../../../names";
import { rulesForHost } from "../../manifests/hosts";
import type { UserObject } from "../../manifests/objects";
import { fqdnOf, istioHost } from "../../manifests/services";
import type { Path } from "../../manifests/source";
import { calledService, hasFlag, objectTitle, ofKind } from "../context";
import { routesForHost, takenRoutes } from "../routes";
import type { Mistake } from "./mistake";

interface Destination {
  readonly host?: string;
  readonly subset?: string;
}

/** Destinations of the routes of one kind, each with its path in the object. */
function destinationsOf({ spec }: UserObject, kind: "http" | "tcp" | "tls"): [Destination, Path][] {
  const routes = (spec?.[kind] ?? []) as { route?: { destination?: Destination }[] }[];
  return routes.flatMap(({ route = [] }, i) =>
    route.map(({ destination = {} }, j): [Destination, Path] => [
      destination,
      ["spec", kind, i, "route", j, "destination"],
    ]),
  );
}

/** A subset that no DestinationRule defines, or that one in a namespace without effect does. */
const subsetWithoutRule: Mistake = (context) => {
  if (!hasFlag(context, "NC")) return undefined;
  const rules = ofKind(context.objects, "DestinationRule");
  const routes = new Set([...routesForHost(context), ...takenRoutes(context).map(({ object }) => object)]);
  for (const route of routes)
    for (const kind of ["http", "tcp", "tls"] as const)
      for (const [{ host = "", subset }, path] of destinationsOf(route, kind)) {
        if (!subset) continue;
        const full = istioHost(host, route.$.namespace);
        const owner = full.split(".")[1] ?? "";
        const has = (rule: (typeof rules)[number]) =>
          ((rule.spec?.subsets ?? []) as { name: string }[]).some(({ name }) => name === subset);
        const matching = rulesForHost(full, rules);
        const defining = matching.find(has);
        const place = route.$.placeOf(path);
        const misnamed = defining ? undefined : rules.find(has);
        if (misnamed)
          return {
            text: `${objectTitle(misnamed)} defines subset ${subset} for the host ${istioHost(String(misnamed.spec?.host), misnamed.$.namespace)}, and the route leads to ${full}`,
            place: misnamed.$.placeOf(["spec", "host"]),
            fix: `host: ${full}`,
          };
        if (!defining)
          return {
            text: `no DestinationRule for ${full} has the subset ${subset}`,
            place,
            fix: "add the subset, or name one that exists",
          };
        if (![owner, meshNamespace, context.caller.namespace].includes(defining.$.namespace))
          return {
            text: `${objectTitle(defining)} is in neither the caller's nor the Service's namespace (${owner}), so the caller does not find it`,
            place: defining.$.placeOf(["metadata", "namespace"]),
            fix: `move it to namespace ${owner}`,
          };
      }
  return undefined;
};

/** A rule of the caller's own namespace that hides another one whole. */
const hiddenRule: Mistake = (context) => {
  const service = calledService(context);
  if (!service) return undefined;
  const rules = rulesForHost(fqdnOf(service), context.objects);
  const order = [context.caller.namespace, service.namespace, meshNamespace];
  const first = order.map((namespace) => rules.find(({ $ }) => $.namespace === namespace)).find(Boolean);
  const ruleElsewhere = rules.find((rule) => rule !== first && rule.$.namespace !== first?.$.namespace);
  return first && ruleElsewhere
    ? {
        text: `${objectTitle(first)} is used, and ${objectTitle(ruleElsewhere)} is not: only the rule of the first namespace that has one counts (the caller's, the Service's, ${meshNamespace}), and rules are not merged`,
        place: ruleElsewhere.$.place,
        fix: `put what is needed into ${objectTitle(first)}`,
      }
    : undefined;
};

export const mistakesOfSubsets: readonly Mistake[] = [subsetWithoutRule, hiddenRule];
