import { fullHosts } from "../../manifests/hosts";
import type { UserObject } from "../../manifests/objects";
import { titleOf } from "../../manifests/objects";
import { hasFlag } from "../context";
import { broughtAbout } from "../expectedRoute";
import { placedRoutes, routeTitle } from "../httpRoutes";
import { appliesAtEntrance, takenRoutes, unmetOf, virtualServicesForHost } from "../routes";
import type { Mistake } from "./mistake";

/** True if two VirtualServices have a host in common. */
export const shareHost = (first: UserObject, second: UserObject): boolean =>
  fullHosts(first).some((host) => fullHosts(second).includes(host));

/** A route of one VirtualService that another one for the same host keeps from being used. */
const olderSibling: Mistake = (context) => {
  const bound = virtualServicesForHost(context).filter((object) => appliesAtEntrance(object, context));
  const taken = takenRoutes(context).find(({ object }) => bound.includes(object));
  if (!taken && !hasFlag(context, "NR")) return undefined;
  for (const object of bound) {
    const sibling = taken?.object ?? bound.find((candidate) => candidate !== object && shareHost(candidate, object));
    if (!sibling || sibling === object || !shareHost(sibling, object)) continue;
    const unused = placedRoutes(object).find((placed) => {
      const isUseful = !taken || broughtAbout(placed, context).length > 0;
      return isUseful && unmetOf(placed, context).length === 0;
    });
    if (!unused) continue;
    const { outside } = context.caller;
    const why = outside
      ? `the routes of ${titleOf(sibling)} come first: a gateway puts VirtualServices of one host together, the older one first`
      : `${titleOf(sibling)} is for the same host: proxies in the mesh use the oldest VirtualService of a host, and do not merge them`;
    return {
      text: `${routeTitle(unused)} matches too, and ${why}`,
      place: unused.placeOf(),
      fix: `move the route into ${titleOf(sibling)}${outside ? ", before the one that was taken" : ""}`,
    };
  }
  return undefined;
};

export const mistakesOfSharedHosts: readonly Mistake[] = [olderSibling];
