import { isIstioGateway, serversOf } from "../manifests/gateways";
import { matchesLabels } from "../manifests/labels";
import { objectKey, type Texts, titleOf, type UserObject } from "../manifests/objects";
import { matchesHost } from "../manifests/services";
import type { Reason } from "../report/result";
import { type Context, clusterParts, hostOf } from "./context";
import { placedRoutes, routeTitle } from "./httpRoutes";
import { gatewaysOf, unmetAt, virtualServicesForHost } from "./routes";
import { streamRoutes } from "./streamRoutes";

const selects = (gateway: UserObject, labels: Texts): boolean =>
  matchesLabels((gateway.spec?.selector ?? {}) as Texts, labels);

const hostsOfServers = (gateway: UserObject): string[] => serversOf(gateway).flatMap(({ hosts = [] }) => hosts);

/** Reasons for which the routes of a VirtualService do not match a request at a Gateway that the VirtualService names. */
function unmetRoutes(object: UserObject, gateway: UserObject, context: Context): Reason[] {
  const name = objectKey(gateway);
  const port = context.observation.log.map(({ cluster }) => clusterParts(cluster)?.port).find(Boolean);
  const http = placedRoutes(object).flatMap((placed) => {
    const unmet = unmetAt(placed, context, name, port);
    return unmet.length > 0 ? [{ title: routeTitle(placed), why: unmet.join("; or "), place: placed.placeOf() }] : [];
  });
  const tls = streamRoutes(object, "tls").flatMap(({ match = [] }, i) => {
    const isForOthers = match.every(({ gateways }) => gateways?.every((own) => own === "mesh" || !name.endsWith(own)));
    return match.length > 0 && isForOthers
      ? [
          {
            title: `tls route ${i + 1} of ${titleOf(object)}`,
            why: `it is for ${match.flatMap(({ gateways }) => gateways).join(" and ")}`,
            place: object.$.placeOf(["spec", "tls", i, "match"]),
          },
        ]
      : [];
  });
  return [...http, ...tls].map(({ title, why, place }) => ({
    text: `at ${titleOf(gateway)}, ${title} does not match: ${why}`,
    place,
  }));
}

/** Reasons why a Gateway has no route for a request that its pods received. */
function withoutRoute(gateway: UserObject, context: Context): Reason[] {
  const host = hostOf(context);
  const name = objectKey(gateway);
  const hosts = hostsOfServers(gateway);
  if (!hosts.some((pattern) => matchesHost(pattern, host)))
    return [
      {
        text: `no server of ${titleOf(gateway)} has the host ${host}; there are: ${hosts.join(", ")}`,
        place: gateway.$.placeOf(["spec", "servers", 0, "hosts"]),
        fix: `hosts: [${host}]`,
      },
    ];
  const naming = virtualServicesForHost(context).filter((object) => gatewaysOf(object).includes(name));
  if (naming.length === 0)
    return [
      {
        text: `no VirtualService for ${host} names the Gateway ${name}, so its pods do not know where to send the request`,
        place: gateway.$.place,
        fix: `gateways: [mesh, ${name}], and a route with match: [{ gateways: [${name}] }]`,
      },
    ];
  return naming.flatMap((object) => unmetRoutes(object, gateway, context));
}

/**
 * Reasons from a gateway that a request of the mesh was sent to, such as an egress gateway, and that has no route for it.
 * The gateway through which a caller from outside the cluster enters is explained with the request's host.
 */
export function inwardReasons(context: Context): Reason[] {
  if (context.caller.outside) return [];
  const gateways = context.objects.filter(isIstioGateway);
  return context.observation.log
    .filter(({ flags }) => flags.includes("NR"))
    .flatMap(({ proxy }) => {
      const gatewaysOfProxy = gateways.filter((gateway) => selects(gateway, context.labelsOf(proxy)));
      const opening = gatewaysOfProxy.filter((gateway) =>
        hostsOfServers(gateway).some((pattern) => matchesHost(pattern, hostOf(context))),
      );
      const named = virtualServicesForHost(context).flatMap(gatewaysOf);
      const meant = gatewaysOfProxy.filter((gateway) => named.includes(objectKey(gateway)));
      const concerned = [opening, meant, gatewaysOfProxy].find((group) => group.length > 0) ?? [];
      return concerned.flatMap((gateway) => withoutRoute(gateway, context));
    });
}
