import { distance } from "fastest-levenshtein";
import { isApiGateway } from "../../manifests/gateways";
import { objectKey } from "../../manifests/objects";
import { ownGateway } from "../../manifests/ownGateway";
import { matchesHost } from "../../manifests/services";
import { resultOf } from "../../requests/observation";
import { urlParts } from "../../requests/urls";
import { hasHost, listenersOf, parentsOf, routesOf } from "../apiRoutes";
import { type Context, hostOf, objectTitle } from "../context";
import type { Mistake } from "./mistake";

/** Classes that istiod serves (https://istio.io/latest/docs/tasks/traffic-management/ingress/gateway-api/). */
const servedClasses = ["istio", "istio-remote", "istio-waypoint"];

/** True if a request from outside found no listener or no route. */
const isMissed = ({ caller, observation }: Context): boolean =>
  caller.outside && [404, "refused", "reset", "tls-error", "timeout", "unresolved"].includes(resultOf(observation));

/** Gateways that the routes of the request's host name, each with its route and the path of the parentRef. */
const namedGateways = (context: Context) =>
  routesOf(context)
    .filter((route) => hasHost(route, hostOf(context)))
    .flatMap((route) =>
      parentsOf(route).flatMap(({ kind = "Gateway", name = "", namespace = route.$.namespace }, i) =>
        kind === "Gateway"
          ? [
              {
                route,
                name,
                isBare: parentsOf(route)[i]?.namespace === undefined,
                full: `${namespace}/${name}`,
                index: i,
              },
            ]
          : [],
      ),
    );

/** A parentRef to a Gateway that does not exist. */
const absentParent: Mistake = (context) => {
  if (!isMissed(context)) return undefined;
  const gateways = context.objects.filter(isApiGateway);
  const absent = namedGateways(context).find(
    ({ full }) => full !== ownGateway && !gateways.some((gateway) => objectKey(gateway) === full),
  );
  if (!absent) return undefined;
  const sameName = gateways.find(({ metadata }) => metadata.name === absent.name);
  const meant = sameName ?? gateways.find(({ metadata }) => distance(metadata.name, absent.name) <= 2);
  const why = absent.isBare && sameName ? ": a parentRef without namespace means the route's own" : "";
  const known = meant ? "" : `; there are: ${gateways.map(objectKey).join(", ") || "none"}`;
  return {
    text: `${objectTitle(absent.route)} names the Gateway ${absent.full}, which does not exist${why}${known}`,
    place: absent.route.$.placeOf(["spec", "parentRefs", absent.index]),
    ...(meant && { fix: `parentRefs: [{ name: ${meant.metadata.name}, namespace: ${meant.$.namespace} }]` }),
  };
};

/** A Gateway of a class that istiod does not serve. */
const otherClass: Mistake = (context) => {
  if (!isMissed(context)) return undefined;
  const gateway = context.objects.find(
    (object) => isApiGateway(object) && !servedClasses.includes(String(object.spec?.gatewayClassName)),
  );
  return (
    gateway && {
      text: `${objectTitle(gateway)} has the class ${gateway.spec?.gatewayClassName ?? "of no name"}, which istiod does not serve, so it has no pods`,
      place: gateway.$.placeOf(["spec", "gatewayClassName"]),
      fix: "gatewayClassName: istio",
    }
  );
};

/** A Gateway that has the host on another port than the request's. */
const otherPort: Mistake = (context) => {
  if (!isMissed(context)) return undefined;
  const { port } = urlParts(context.testCase.request.url);
  const names = namedGateways(context).map(({ full }) => full);
  const gateways = context.objects.filter((object) => isApiGateway(object) && names.includes(objectKey(object)));
  const open = gateways.flatMap((gateway) =>
    listenersOf(gateway).flatMap((listener, index) =>
      matchesHost(listener.hostname ?? "*", hostOf(context)) ? [{ gateway, index, port: listener.port }] : [],
    ),
  );
  const [first] = open;
  if (!first || open.some((one) => one.port === port)) return undefined;
  return {
    text: `${objectTitle(first.gateway)} opens ${hostOf(context)} on port ${[...new Set(open.map((one) => one.port))].join(" and ")}, and the request goes to port ${port}`,
    place: first.gateway.$.placeOf(["spec", "listeners", first.index, "port"]),
  };
};

/** A Gateway that no route names. */
const withoutRoutes: Mistake = (context) => {
  if (!isMissed(context)) return undefined;
  const named = routesOf(context).flatMap((route) =>
    parentsOf(route).map(({ name = "", namespace = route.$.namespace }) => `${namespace}/${name}`),
  );
  const gateways = context.objects.filter(isApiGateway);
  const [first] = gateways;
  if (!first || gateways.some((gateway) => named.includes(objectKey(gateway)))) return undefined;
  // a route that names another Gateway has a reason of its own
  if (namedGateways(context).length > 0) return undefined;
  return {
    text: `${objectTitle(first)} opens ${hostOf(context)}, and no route names it in parentRefs`,
    place: first.$.placeOf(["spec", "listeners"]),
    fix: `parentRefs: [{ name: ${first.metadata.name}, namespace: ${first.$.namespace} }] in a route`,
  };
};

export const mistakesOfApiParents: readonly Mistake[] = [absentParent, otherClass, otherPort, withoutRoutes];
