import { hostsOf } from "../manifests/hosts";
import { titleOf } from "../manifests/objects";
import type { Reason } from "../report/result";
import { type Context, hasFlag, hostOf } from "./context";
import { delegateProblem } from "./delegates";
import { otherRoutes } from "./expectedRoute";
import { type PlacedRoute, placedRoutes, routeTitle } from "./httpRoutes";
import { shareHost } from "./mistakes/sharedHosts";
import { appliesAtEntrance, takenRoutes, unmetOf, virtualServicesForHost } from "./routes";

const unexplained = "matches by its text, so something else keeps it from the proxy";

/** True for a reason that says that a route was not used, and not why. */
export const isOpenQuestion = ({ text }: Reason): boolean => text.endsWith(unexplained);

/**
 * Reason why a route was not used although its VirtualService has the host, as the end of a sentence. Empty if a
 * mistake of its own explains it.
 */
function unusedReason(placed: PlacedRoute, context: Context): string {
  const { route, object } = placed;
  const unmet = unmetOf(placed, context);
  if (unmet.length > 0) return `does not match: ${unmet.join("; or ")}`;
  const delegated = delegateProblem(route, object, context);
  if (delegated) return delegated;
  const host = hostOf(context);
  const others = virtualServicesForHost(context).filter((candidate) => candidate !== object);
  // mistakes/sharedHosts.ts has the text about two VirtualServices for one host
  if (others.some((candidate) => shareHost(candidate, object))) return "";
  const exact = others.find((candidate) => hostsOf(candidate).includes(host));
  return exact
    ? `matches, but ${titleOf(exact)} has the more exact host ${host}, and only its routes count`
    : unexplained;
}

/** Routes before the one that was taken whose delegate has no route for the request. */
const unusedDelegates = (context: Context, taken: PlacedRoute): Reason[] =>
  placedRoutes(taken.object)
    .slice(0, taken.index)
    .filter((placed) => placed.route.delegate && unmetOf(placed, context).length === 0)
    .map((placed) => ({ text: `${routeTitle(placed)} ${unusedReason(placed, context)}`, place: placed.placeOf() }));

/** Reasons from the routes of VirtualServices: the one that was taken, or why none was. */
export function routeReasons(context: Context): Reason[] {
  const taken = takenRoutes(context);
  if (taken.length > 0)
    return taken.flatMap((placed) => [
      { text: routeTitle(placed), place: placed.placeOf() },
      ...otherRoutes(context, placed),
      ...unusedDelegates(context, placed),
    ]);
  if (!hasFlag(context, "NR")) return [];
  return virtualServicesForHost(context)
    .filter((object) => appliesAtEntrance(object, context))
    .flatMap(placedRoutes)
    .flatMap((placed): Reason[] => {
      const reason = unusedReason(placed, context);
      return reason ? [{ text: `${routeTitle(placed)} ${reason}`, place: placed.placeOf() }] : [];
    });
}
