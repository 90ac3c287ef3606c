import { ingress } from "../manifests/gateways";
import { objectKey, type UserObject } from "../manifests/objects";
import { ownGateway } from "../manifests/ownGateway";
import { istioHost, matchesHost } from "../manifests/services";
import { urlParts } from "../requests/urls";
import { routeName } from "../standIns/substitutions";
import {
  type Context,
  calledService,
  entranceOfCaller,
  hostOf,
  methodOf,
  objectTitle,
  ofKind,
  pathOf,
} from "./context";
import { type HttpMatch, type HttpRequest, unmetConditions } from "./httpMatch";
import { policiesFor } from "./policyScope";
import { entranceGateways } from "./servers";

export interface HttpRoute {
  readonly name?: string;
  readonly match?: readonly HttpMatch[];
  readonly route?: readonly { readonly destination?: { readonly host?: string; readonly subset?: string } }[];
}

export const httpRoutes = (object: UserObject): readonly HttpRoute[] => (object.spec?.http ?? []) as HttpRoute[];

export const gatewaysOf = ({ spec, $ }: UserObject): string[] =>
  ((spec?.gateways ?? ["mesh"]) as string[]).map((name) =>
    name === "mesh" || name.includes("/") ? name : `${$.namespace}/${name}`,
  );

/** Names by which a request's host may stand in a VirtualService. */
function hostNames(context: Context): string[] {
  const service = calledService(context);
  const host = hostOf(context);
  return service ? [host, `${service.name}.${service.namespace}.svc.cluster.local`] : [host];
}

/** VirtualServices for the request's host, whatever gateways they are bound to. */
export const routesForHost = (context: Context): UserObject[] =>
  ofKind(context.objects, "VirtualService").filter(({ spec, $ }) =>
    ((spec?.hosts ?? []) as string[]).some((pattern) =>
      hostNames(context).some((host) => matchesHost(istioHost(pattern, $.namespace), host)),
    ),
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
  const { service, labels } = entranceOfCaller(context);
  return policiesFor("RequestAuthentication", service.split("/")[0] ?? "", labels, context.objects).length > 0;
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

/** Conditions of a route that the request does not meet; a route without `match` matches every request. */
export function unmetOf(route: HttpRoute, context: Context, object: UserObject): string[] {
  const bound = gatewaysOf(object).find((name) => entranceGatewayNames(context).includes(name)) ?? "mesh";
  return unmetAt(route, context, object, bound);
}

/**
 * Conditions of a route that the request does not meet where it comes through one gateway, NAMESPACE/NAME or `mesh`.
 *
 * @param port - on which it arrives there. @default the URL's
 */
export function unmetAt(
  route: HttpRoute,
  context: Context,
  object: UserObject,
  bound: string,
  port?: number,
): string[] {
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

/** The routes of VirtualServices that a proxy's log names: one, or a root's and its delegate's. */
const routesOfLog = (logged: string, objects: readonly UserObject[]): { object: UserObject; index: number }[] =>
  ofKind(objects, "VirtualService").flatMap((object) =>
    httpRoutes(object).flatMap(({ name }, index) =>
      isLogged(logged, name ?? routeName(object, index)) ? [{ object, index }] : [],
    ),
  );

export const routeTitle = (object: UserObject, index: number): string =>
  `http route ${index + 1} of ${objectTitle(object)}`;

/** The routes that the proxies took, each with its line. */
export function takenRoutes({ observation, objects }: Context): { object: UserObject; index: number }[] {
  const loggedRoutes = observation.log.flatMap(({ route }) => routesOfLog(route, objects));
  return [
    ...new Map(
      loggedRoutes.map((route) => [`${route.object.$.namespace}/${route.object.metadata.name}/${route.index}`, route]),
    ).values(),
  ];
}
