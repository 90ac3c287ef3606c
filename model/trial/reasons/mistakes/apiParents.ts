import { distance } from "fastest-levenshtein";
import { listed } from "../../../output/text";
import { isApiGateway } from "../../manifests/gateways";
import { objectKey, titleOf } from "../../manifests/objects";
import { ownGateway } from "../../manifests/ownGateway";
import { matchesHost } from "../../manifests/services";
import { urlParts } from "../../requests/urls";
import { listenersOf, parentsOf, routesForHost, routesOf } from "../apiRoutes";
import { type Context, endedWith, hostOf } from "../context";
import { type Mistake, onlyIf } from "./mistake";

/** Classes that istiod serves (https://istio.io/latest/docs/tasks/traffic-management/ingress/gateway-api/). */
const servedClasses = ["istio", "istio-remote", "istio-waypoint"];

/** True if a request from outside found no listener or no route. */
const isMissed = (context: Context): boolean =>
  context.caller.outside && endedWith(context, 404, "refused", "reset", "tls-error", "timeout", "unresolved");

/** Each parentRef to a Gateway in the routes of the request's host. */
const gatewayRefs = (context: Context) =>
  routesForHost(context)
    .flatMap((route) => parentsOf(route).map((parent, index) => ({ route, parent, index })))
    .filter(({ parent: { kind = "Gateway" } }) => kind === "Gateway")
    .map(({ route, parent: { name = "", namespace }, index }) => ({
      route,
      index,
      name,
      key: `${namespace ?? route.$.namespace}/${name}`,
      hasNamespace: namespace !== undefined,
    }));

/** A parentRef to a Gateway that does not exist. */
const absentParent: Mistake = (context) => {
  const gateways = context.objects.filter(isApiGateway);
  const known = [ownGateway, ...gateways.map(objectKey)];
  const absent = gatewayRefs(context).find(({ key }) => !known.includes(key));
  if (!absent) return undefined;
  const sameName = gateways.find(({ metadata }) => metadata.name === absent.name);
  const meant = sameName ?? gateways.find(({ metadata }) => distance(metadata.name, absent.name) <= 2);
  const why = !absent.hasNamespace && sameName ? ": a parentRef without namespace means the route's own" : "";
  const others = meant ? "" : `; there are: ${listed(gateways.map(objectKey))}`;
  return {
    text: `${titleOf(absent.route)} names the Gateway ${absent.key}, which does not exist${why}${others}`,
    place: absent.route.$.placeOf(["spec", "parentRefs", absent.index]),
    ...(meant && { fix: `parentRefs: [{ name: ${meant.metadata.name}, namespace: ${meant.$.namespace} }]` }),
  };
};

/** A Gateway of a class that istiod does not serve. */
const otherClass: Mistake = ({ objects }) => {
  const gateway = objects.find(
    (object) => isApiGateway(object) && !servedClasses.includes(String(object.spec?.gatewayClassName)),
  );
  return (
    gateway && {
      text: `${titleOf(gateway)} has the class ${gateway.spec?.gatewayClassName ?? "of no name"}, which istiod does not serve, so it has no pods`,
      place: gateway.$.placeOf(["spec", "gatewayClassName"]),
      fix: "gatewayClassName: istio",
    }
  );
};

/** A Gateway that has the host on another port than the request's. */
const otherPort: Mistake = (context) => {
  const { port } = urlParts(context.testCase.request.url);
  const host = hostOf(context);
  const named = gatewayRefs(context).map(({ key }) => key);
  const listeners = context.objects
    .filter((object) => isApiGateway(object) && named.includes(objectKey(object)))
    .flatMap((gateway) => listenersOf(gateway).map((listener, index) => ({ gateway, listener, index })))
    .filter(({ listener }) => matchesHost(listener.hostname ?? "*", host));
  const [first] = listeners;
  const ports = [...new Set(listeners.map(({ listener }) => listener.port))];
  if (!first || ports.includes(port)) return undefined;
  return {
    text: `${titleOf(first.gateway)} opens ${host} on port ${ports.join(" and ")}, and the request goes to port ${port}`,
    place: first.gateway.$.placeOf(["spec", "listeners", first.index, "port"]),
  };
};

/** A Gateway that no route names. */
const withoutRoutes: Mistake = (context) => {
  const named = routesOf(context).flatMap((route) =>
    parentsOf(route).map(({ name = "", namespace = route.$.namespace }) => `${namespace}/${name}`),
  );
  const gateways = context.objects.filter(isApiGateway);
  const [first] = gateways;
  // a route that names another Gateway has a reason of its own
  const isNamed = gateways.some((gateway) => named.includes(objectKey(gateway))) || gatewayRefs(context).length > 0;
  if (!first || isNamed) return undefined;
  return {
    text: `${titleOf(first)} opens ${hostOf(context)}, and no route names it in parentRefs`,
    place: first.$.placeOf(["spec", "listeners"]),
    fix: `parentRefs: [{ name: ${first.metadata.name}, namespace: ${first.$.namespace} }] in a route`,
  };
};

export const mistakesOfApiParents = onlyIf(isMissed, [absentParent, otherClass, otherPort, withoutRoutes]);
