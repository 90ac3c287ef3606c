import { isIstioGateway, serversOf } from "../manifests/gateways";
import { matchesLabels } from "../manifests/labels";
import { objectKey, type Texts, type UserObject } from "../manifests/objects";
import { matchesHost } from "../manifests/services";
import type { Reason } from "../report/result";
import { type Context, clusterParts, hostOf, objectTitle } from "./context";
import { gatewaysOf, httpRoutes, routesForHost, routeTitle, unmetAt } from "./routes";
import { streamRoutes } from "./streamRoutes";

const selects = (gateway: UserObject, labels: Texts): boolean =>
  matchesLabels((gateway.spec?.selector ?? {}) as Texts, labels);

/** Why a Gateway has no route for a request that its pods received. */
function withoutRoute(gateway: UserObject, context: Context): Reason[] {
  const host = hostOf(context);
  const name = objectKey(gateway);
  const hosts = serversOf(gateway).flatMap((server) => server.hosts ?? []);
  if (!hosts.some((pattern) => matchesHost(pattern, host)))
    return [
      {
        text: `no server of ${objectTitle(gateway)} has the host ${host}; there are: ${hosts.join(", ")}`,
        place: gateway.$.placeOf(["spec", "servers", 0, "hosts"]),
        fix: `hosts: [${host}]`,
      },
    ];
  const routes = routesForHost(context).filter((object) => gatewaysOf(object).includes(name));
  if (routes.length === 0)
    return [
      {
        text: `no VirtualService for ${host} names the Gateway ${name}, so its pods do not know where to send the request`,
        place: gateway.$.place,
        fix: `gateways: [mesh, ${name}], and a route with match: [{ gateways: [${name}] }]`,
      },
    ];
  const port = context.observation.log.map(({ cluster }) => clusterParts(cluster)?.port).find(Boolean);
  return routes.flatMap((object) => [
    ...httpRoutes(object).flatMap((route, i): Reason[] => {
      const unmet = unmetAt(route, context, object, name, port);
      if (unmet.length === 0) return [];
      const text = `at ${objectTitle(gateway)}, ${routeTitle(object, i)} does not match: ${unmet.join("; or ")}`;
      return [{ text, place: object.$.placeOf(["spec", "http", i]) }];
    }),
    ...streamRoutes(object, "tls").flatMap((route, i): Reason[] => {
      const ways = (route.match ?? []).map(({ gateways }) => gateways);
      if (
        ways.length === 0 ||
        !ways.every(
          (names) => names && !names.some((gatewayName) => gatewayName !== "mesh" && name.endsWith(gatewayName)),
        )
      )
        return [];
      const text = `at ${objectTitle(gateway)}, tls route ${i + 1} of ${objectTitle(object)} does not match: it is for ${ways.flat().join(" and ")}`;
      return [{ text, place: object.$.placeOf(["spec", "tls", i, "match"]) }];
    }),
  ]);
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
        serversOf(gateway).some(({ hosts = [] }) => hosts.some((pattern) => matchesHost(pattern, hostOf(context)))),
      );
      const named = routesForHost(context).flatMap(gatewaysOf);
      const meant = gatewaysOfProxy.filter((gateway) => named.includes(objectKey(gateway)));
      const concerned = [opening, meant, gatewaysOfProxy].find((group) => group.length > 0) ?? [];
      return concerned.flatMap((gateway) => withoutRoute(gateway, context));
    });
}
