import type { UserObject } from "../objects";
import type { Reason } from "../result";
import { type Context, hostOf, titled } from "./context";
import { otherRoutes } from "./expectedRoute";
import {
  gatewaysOf,
  gatewaysOnTheWay,
  type HttpRoute,
  httpRoutes,
  routesForHost,
  routeTitle,
  takenRoutes,
  unmetOf,
} from "./routes";

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
