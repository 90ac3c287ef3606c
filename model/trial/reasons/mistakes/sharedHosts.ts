import { fullHosts } from "../../manifests/hosts";
import type { UserObject } from "../../manifests/objects";
import { type Context, hasFlag, objectTitle } from "../context";
import { broughtAbout } from "../expectedRoute";
import {
  entranceGatewayNames,
  gatewaysOf,
  httpRoutes,
  routesForHost,
  routeTitle,
  takenRoutes,
  unmetOf,
} from "../routes";
import type { Mistake } from "./mistake";

const hostsOf = ({ spec, $ }: UserObject): string[] => fullHosts(spec, $.namespace);

/** True if two VirtualServices have a host in common. */
export const shareHost = (first: UserObject, other: UserObject): boolean =>
  hostsOf(first).some((host) => hostsOf(other).includes(host));

/** A route of one VirtualService that another one for the same host keeps from being used. */
const olderSibling: Mistake = (context: Context) => {
  const ways = entranceGatewayNames(context);
  const bound = routesForHost(context).filter((object) => gatewaysOf(object).some((name) => ways.includes(name)));
  const [taken] = takenRoutes(context).filter(({ object }) => bound.includes(object));
  if (!taken && !hasFlag(context, "NR")) return undefined;
  for (const object of bound) {
    const other = taken?.object ?? bound.find((candidate) => candidate !== object && shareHost(candidate, object));
    if (!other || other === object || !shareHost(other, object)) continue;
    for (const [i, route] of httpRoutes(object).entries()) {
      const isUseless = taken !== undefined && broughtAbout(route, context, object).length === 0;
      if (isUseless || unmetOf(route, context, object).length > 0) continue;
      const why = context.caller.outside
        ? `the routes of ${objectTitle(other)} come first: a gateway puts VirtualServices of one host together, the older one first`
        : `${objectTitle(other)} is for the same host: proxies in the mesh use the oldest VirtualService of a host, and do not merge them`;
      return {
        text: `${routeTitle(object, i)} matches too, and ${why}`,
        place: object.$.placeOf(["spec", "http", i]),
        fix: `move the route into ${objectTitle(other)}${context.caller.outside ? ", before the one that was taken" : ""}`,
      };
    }
  }
  return undefined;
};

export const mistakesOfSharedHosts: readonly Mistake[] = [olderSibling];
