import type { UserObject } from "../manifests/objects";
import type { Reason } from "../report/result";
import { type Context, hostOf, objectTitle } from "./context";
import { type DelegatingRoute, delegateProblem } from "./delegates";
import { otherRoutes } from "./expectedRoute";
import { shareHost } from "./mistakes/sharedHosts";
import {
  entranceGatewayNames,
  gatewaysOf,
  httpRoutes,
  routesForHost,
  routeTitle,
  takenRoutes,
  unmetOf,
} from "./routes";

const unexplained = "matches by its text, so something else keeps it from the proxy";

/** True for a reason that says that a route was not used, and not why. */
export const isOpenQuestion = ({ text }: Reason): boolean => text.endsWith(unexplained);

/**
 * Reason why a route was not used although its VirtualService has the host, as the end of a sentence. Empty if a
 * mistake of its own explains it.
 */
function unusedReason(route: DelegatingRoute, context: Context, object: UserObject): string {
  const unmet = unmetOf(route, context, object);
  if (unmet.length > 0) return `does not match: ${unmet.join("; or ")}`;
  const delegated = delegateProblem(route, object, context);
  if (delegated) return delegated;
  const host = hostOf(context);
  const exact = routesForHost(context).find(
    (candidate) =>
      candidate !== object &&
      ((candidate.spec?.hosts ?? []) as string[]).includes(host) &&
      !shareHost(candidate, object),
  );
  // the mistake of two VirtualServices for one host has its own text, in mistakes/sharedHosts.ts
  if (routesForHost(context).some((candidate) => candidate !== object && shareHost(candidate, object))) return "";
  return exact
    ? `matches, but ${objectTitle(exact)} has the more exact host ${host}, and only its routes count`
    : unexplained;
}

/** Routes before the one that was taken whose delegate has no route for the request. */
const unusedDelegates = (context: Context, { object, index }: { object: UserObject; index: number }): Reason[] =>
  (httpRoutes(object) as readonly DelegatingRoute[]).slice(0, index).flatMap((route, i) => {
    if (!route.delegate || unmetOf(route, context, object).length > 0) return [];
    const place = object.$.placeOf(["spec", "http", i]);
    return [{ text: `${routeTitle(object, i)} ${unusedReason(route, context, object)}`, place }];
  });

/** Reasons from the routes of VirtualServices: the one that was taken, or why none was. */
export function routeReasons(context: Context): Reason[] {
  const taken = takenRoutes(context);
  if (taken.length > 0)
    return taken.flatMap(({ object, index }) => [
      { text: routeTitle(object, index), place: object.$.placeOf(["spec", "http", index]) },
      ...otherRoutes(context, { object, index }),
      ...unusedDelegates(context, { object, index }),
    ]);
  const ways = entranceGatewayNames(context);
  return routesForHost(context).flatMap((object): Reason[] => {
    const bound = gatewaysOf(object).filter((name) => ways.includes(name));
    if (bound.length === 0) return [];
    if (object.spec?.http === undefined) return [];
    const noRoute = context.observation.log.some(({ flags }) => flags.includes("NR"));
    if (!noRoute) return [];
    return httpRoutes(object).flatMap((route, i): Reason[] => {
      const reason = unusedReason(route, context, object);
      return reason
        ? [{ text: `${routeTitle(object, i)} ${reason}`, place: object.$.placeOf(["spec", "http", i]) }]
        : [];
    });
  });
}
