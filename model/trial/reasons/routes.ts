import { ingress } from "../manifests/gateways";
import { fullHosts } from "../manifests/hosts";
import { objectKey, type UserObject } from "../manifests/objects";
import { ownGateway } from "../manifests/ownGateway";
import { fqdnOf, matchesHost } from "../manifests/services";
import { urlParts } from "../requests/urls";
import { routeName } from "../standIns/substitutions";
import {
  type Context,
  calledService,
  entranceNamespace,
  entranceOfCaller,
  hostOf,
  methodOf,
  ofKind,
  pathOf,
} from "./context";
import { type HttpRequest, unmetConditions } from "./httpMatch";
import { type PlacedRoute, placedRoutes } from "./httpRoutes";
import { policiesFor } from "./policyScope";
import { entranceGateways } from "./servers";

/** Gateways of a VirtualService, NAMESPACE/NAME or `mesh`. */
export const gatewaysOf = ({ spec, $ }: UserObject): string[] =>
  ((spec?.gateways ?? ["mesh"]) as string[]).map((name) =>
    name === "mesh" || name.includes("/") ? name : `${$.namespace}/${name}`,
  );

/** Names of the request's host that a VirtualService may have. */
function hostNames(context: Context): string[] {
  const service = calledService(context);
  const host = hostOf(context);
  return service ? [host, fqdnOf(service)] : [host];
}

/** VirtualServices for the request's host, whatever gateways they are bound to. */
export const virtualServicesForHost = (context: Context): UserObject[] =>
  ofKind(context.objects, "VirtualService").filter((object) =>
    fullHosts(object).some((pattern) => hostNames(context).some((host) => matchesHost(pattern, host))),
  );

/** Names of the Gateways by which a request enters, as in the `gateways` of routes: `mesh` for one from inside. */
export function entranceGatewayNames(context: Context): string[] {
  if (!context.caller.outside) return ["mesh"];
  const names = entranceGateways(context).map(objectKey);
  return entranceOfCaller(context).service === ingress.service ? [...names, ownGateway] : names;
}

/** True if a RequestAuthentication applies to the gateway that the request comes through. */
export function checksTokens(context: Context): boolean {
  if (!context.caller.outside) return false;
  const { labels } = entranceOfCaller(context);
  return policiesFor("RequestAuthentication", entranceNamespace(context), labels, context.objects).length > 0;
}

function requestOf(context: Context, gateway: string, port = urlParts(context.testCase.request.url).port): HttpRequest {
  const { testCase, caller } = context;
  const { request } = testCase;
  return {
    path: pathOf(context),
    query: request.url.split("?")[1] ?? "",
    method: methodOf(context),
    authority: hostOf(context),
    port,
    headers: { ...(/^wss?:/.test(request.url) && { upgrade: "websocket" }), ...request.headers },
    claims: request.token && checksTokens(context) ? (request.token.claims ?? {}) : {},
    labels: caller.labels,
    namespace: caller.namespace,
    gateway,
  };
}

/** True if a VirtualService applies to the gateway that the request comes through, or to sidecars for a caller in the mesh. */
export const appliesAtEntrance = (object: UserObject, context: Context): boolean =>
  gatewaysOf(object).some((name) => entranceGatewayNames(context).includes(name));

/** Conditions of a route that the request does not meet; a route without `match` matches every request. */
export function unmetOf(route: PlacedRoute, context: Context): string[] {
  const bound = gatewaysOf(route.object).find((name) => entranceGatewayNames(context).includes(name)) ?? "mesh";
  return unmetAt(route, context, bound);
}

/**
 * Conditions of a route that the request does not meet where it comes through one gateway, NAMESPACE/NAME or `mesh`.
 *
 * @param port - on which it arrives there. @default the URL's
 */
export function unmetAt({ object, route }: PlacedRoute, context: Context, bound: string, port?: number): string[] {
  const named = ((object.spec?.gateways ?? ["mesh"]) as string[]).find((name) => bound.endsWith(name)) ?? bound;
  const unmetByMatch = (route.match ?? [{}]).map((match) => unmetConditions(match, requestOf(context, named, port)));
  return unmetByMatch.some((unmet) => unmet.length === 0) ? [] : unmetByMatch.map((unmet) => unmet.join(" and "));
}

/** True if a proxy's log names this route; it appends the match's index, and names a delegate's route after its root's. */
export const isLogged = (logged: string, route: string): boolean =>
  logged === route ||
  logged.startsWith(`${route}.`) ||
  logged.startsWith(`${route}-`) ||
  logged.endsWith(`-${route}`) ||
  logged.includes(`-${route}.`);

/** The http routes that the proxies took, by the names in their logs: one, or a root's and its delegate's. */
export function takenRoutes({ observation, objects }: Context): PlacedRoute[] {
  const routes = ofKind(objects, "VirtualService").flatMap(placedRoutes);
  const taken = observation.log.flatMap(({ route: logged }) =>
    routes.filter(({ object, index, route }) => isLogged(logged, route.name ?? routeName(object, index))),
  );
  return [...new Set(taken)];
}
