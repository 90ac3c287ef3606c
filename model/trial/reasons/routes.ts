import { entranceForHost, entranceOf, isIstioGateway } from "../gateways";
import type { UserObject } from "../objects";
import type { Reason } from "../result";
import { istioHost, matchesHost } from "../services";
import { isNamed } from "../standIns";
import { routeName } from "../substitutions";
import { urlParts } from "../urls";
import { type Context, calledService, hostOf, ofKind, pathOf, titled } from "./context";
import { type HttpMatch, type HttpRequest, unmetConditions } from "./httpMatch";

interface HttpRoute {
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

/** Gateways of the manifests whose pods the request enters through, as routes name them. */
export function gatewaysOnTheWay({ objects, caller, one }: Context): string[] {
  if (!caller.outside) return ["mesh"];
  const { service } = entranceForHost(urlParts(one.request.url).host, objects, caller.gateway);
  return objects
    .filter((object) => isIstioGateway(object) && entranceOf(object, objects).service === service)
    .map(({ $, metadata }) => `${$.namespace}/${metadata.name}`);
}

function requestOf(context: Context, gateway: string): HttpRequest {
  const { one, caller } = context;
  const { request } = one;
  return {
    path: pathOf(context),
    query: request.url.split("?")[1] ?? "",
    method: request.method ?? "GET",
    authority: hostOf(context),
    port: urlParts(request.url).port,
    headers: { ...(/^wss?:/.test(request.url) && { upgrade: "websocket" }), ...request.headers },
    labels: caller.labels,
    namespace: caller.namespace,
    gateway,
  };
}

/** Conditions of a route that the request does not meet; a route without match takes every request. */
function unmetOf(route: HttpRoute, context: Context, object: UserObject): string[] {
  const bound = gatewaysOf(object).find((name) => gatewaysOnTheWay(context).includes(name)) ?? "mesh";
  return unmetAt(route, context, object, bound);
}

/** Conditions of a route that the request does not meet where it comes through one gateway, NAMESPACE/NAME or `mesh`. */
export function unmetAt(route: HttpRoute, context: Context, object: UserObject, bound: string): string[] {
  const named = ((object.spec?.gateways ?? ["mesh"]) as string[]).find((name) => bound.endsWith(name)) ?? bound;
  const all = (route.match ?? [{}]).map((match) => unmetConditions(match, requestOf(context, named)));
  return all.some((unmet) => unmet.length === 0) ? [] : all.map((unmet) => unmet.join(" and "));
}

/** True if a proxy's log names this route; it appends the match's index, and names a delegate's route after its root's. */
export const isLogged = (logged: string, route: string): boolean =>
  logged === route ||
  logged.startsWith(`${route}.`) ||
  logged.startsWith(`${route}-`) ||
  logged.endsWith(`-${route}`) ||
  logged.includes(`-${route}.`);

/** The routes of VirtualServices that a proxy's log names: one, or a root's and its delegate's. */
export const routesOfLog = (logged: string, objects: readonly UserObject[]): { object: UserObject; index: number }[] =>
  ofKind(objects, "VirtualService").flatMap((object) =>
    httpRoutes(object).flatMap(({ name }, index) =>
      isLogged(logged, name ?? routeName(object, index)) ? [{ object, index }] : [],
    ),
  );

export const routeTitle = (object: UserObject, index: number): string => `http route ${index + 1} of ${titled(object)}`;

/** The routes that the proxies took, each with its line. */
export function takenRoutes({ seen, objects }: Context): { object: UserObject; index: number }[] {
  const all = seen.log.flatMap(({ route }) => routesOfLog(route, objects));
  return [
    ...new Map(all.map((one) => [`${one.object.$.namespace}/${one.object.metadata.name}/${one.index}`, one])).values(),
  ];
}

/** True if a route leads to a workload that the case expects. */
function leadsToExpected({ route = [] }: HttpRoute, { one, standIns }: Context, object: UserObject): boolean {
  const wanted = standIns.filter((standIn) => (one.expect.by ?? []).some((name) => isNamed(name, standIn)));
  return route.some(({ destination = {} }) =>
    wanted.some(({ services, version }) => {
      const host = istioHost(destination.host ?? "", object.$.namespace);
      const isHost = services.some((service) => {
        const [namespace, name] = service.split("/");
        return host === `${name}.${namespace}.svc.cluster.local`;
      });
      return isHost && (!destination.subset || !version || destination.subset === version);
    }),
  );
}

/** Explains why another route than the taken one, which leads to the expected workload, was not used. */
function otherRoutes(context: Context, taken: { object: UserObject; index: number }): Reason[] {
  const routes = httpRoutes(taken.object);
  return routes.flatMap((route, i): Reason[] => {
    if (i === taken.index || !leadsToExpected(route, context, taken.object)) return [];
    if (leadsToExpected(routes[taken.index] ?? {}, context, taken.object)) return [];
    const unmet = unmetOf(route, context, taken.object);
    const place = taken.object.$.placeOf(["spec", "http", i]);
    if (unmet.length > 0) return [{ text: `http route ${i + 1} does not match: ${unmet.join("; or ")}`, place }];
    if (i < taken.index) return [];
    const fix = route.match && `move route ${i + 1} before route ${taken.index + 1}`;
    return [
      { text: `http route ${i + 1} matches too, but the first route that matches is used`, place, ...(fix && { fix }) },
    ];
  });
}

/** Why a route was not used although its VirtualService has the host. */
function unused(
  route: HttpRoute & { delegate?: { name?: string; namespace?: string } },
  context: Context,
  object: UserObject,
): string {
  const unmet = unmetOf(route, context, object);
  if (unmet.length > 0) return `does not match: ${unmet.join("; or ")}`;
  const { delegate } = route;
  if (delegate)
    return `matches, but its delegate ${delegate.namespace ?? object.$.namespace}/${delegate.name} has no route for the request: matches of a delegate must lie within those of its root`;
  const host = hostOf(context);
  const exact = routesForHost(context).find(
    (one) => one !== object && ((one.spec?.hosts ?? []) as string[]).includes(host),
  );
  return exact
    ? `matches, but ${titled(exact)} has the more exact host ${host}, and only its routes count`
    : "matches by what its text says";
}

/** Reasons from the routes of VirtualServices: the one that was taken, or why none was. */
export function routeReasons(context: Context): Reason[] {
  const taken = takenRoutes(context);
  if (taken.length > 0)
    return taken.flatMap(({ object, index }) => [
      { text: routeTitle(object, index), place: object.$.placeOf(["spec", "http", index]) },
      ...otherRoutes(context, { object, index }),
    ]);
  const ways = gatewaysOnTheWay(context);
  return routesForHost(context).flatMap((object): Reason[] => {
    const bound = gatewaysOf(object).filter((name) => ways.includes(name));
    if (bound.length === 0) return [];
    if (object.spec?.http === undefined) return [];
    const noRoute = context.seen.log.some(({ flags }) => flags.includes("NR"));
    if (!noRoute) return [];
    return httpRoutes(object).map((route, i) => ({
      text: `${routeTitle(object, i)} ${unused(route, context, object)}`,
      place: object.$.placeOf(["spec", "http", i]),
    }));
  });
}
