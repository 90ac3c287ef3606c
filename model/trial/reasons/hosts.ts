import type { AccessEntry } from "../accessLog";
import { isApiGateway, isIstioGateway, serversOf } from "../gateways";
import { ingressesFor } from "../ingresses";
import { matchesLabels } from "../labels";
import type { Reason } from "../result";
import { fqdnOf, matchesHost } from "../services";
import { urlParts } from "../urls";
import { type Context, calledService, hostOf, objectTitle, ofKind, sentTo } from "./context";
import { gatewaysOf, gatewaysOnTheWay, routesForHost, takenRoutes } from "./routes";

/** True for a line of a proxy beside the workload that the caller's host name means. */
function isOfCalled(context: Context, { proxy }: AccessEntry): boolean {
  const host = sentTo(context)?.host;
  // a pod of a StatefulSet has a name of its own, and its Service's cluster
  const service = calledService(context) ?? context.services.find((one) => fqdnOf(one) === host);
  return service !== undefined && matchesLabels(service.selector, context.labelsOf(proxy));
}

/** Reasons for a host that no route and no gateway serves. */
export function hostReasons(context: Context): Reason[] {
  const { caller, objects, observation } = context;
  const host = hostOf(context);
  // a workload's own proxy that refuses a connection has no routes to look for
  const noRoute = observation.log.some((entry) => entry.flags.includes("NR") && !isOfCalled(context, entry));
  const missed = noRoute || (caller.outside && observation.answer.status === 404 && takenRoutes(context).length === 0);
  if (!missed) return [];
  const ways = gatewaysOnTheWay(context);
  const unbound = routesForHost(context)
    .filter((object) => !gatewaysOf(object).some((name) => ways.includes(name)))
    .map((object): Reason => {
      const names = gatewaysOf(object).filter((name) => name !== "mesh");
      const absent = names.find(
        (name) => !objects.some((one) => isIstioGateway(one) && `${one.$.namespace}/${one.metadata.name}` === name),
      );
      const near = absent && objects.find((one) => isIstioGateway(one) && one.metadata.name === absent.split("/")[1]);
      const place = object.$.placeOf(["spec", object.spec?.gateways ? "gateways" : "hosts"]);
      if (near)
        return {
          text: `${objectTitle(object)} names the Gateway ${absent}, which does not exist: a name without namespace means the VirtualService's own`,
          place,
          fix: `gateways: [${near.$.namespace}/${near.metadata.name}]`,
        };
      return {
        text: `${objectTitle(object)} has the host, but applies to ${gatewaysOf(object).join(", ")} and not to ${ways.join(", ") || "any gateway of the manifests"}`,
        place,
        fix: `add ${ways[0] ?? "a Gateway"} to gateways`,
      };
    });
  const closed = caller.outside ? closedHosts(context, host) : [];
  if (unbound.length > 0 || closed.length > 0 || routesForHost(context).length > 0) return [...unbound, ...closed];
  const known = ofKind(objects, "VirtualService").flatMap(({ spec }) => (spec?.hosts ?? []) as string[]);
  // no host stands in a plain TCP connection
  if (urlParts(context.testCase.request.url).scheme === "tcp") return [];
  const routed = caller.outside && (objects.some(isApiGateway) || ingressesFor(host, objects).length > 0);
  return routed
    ? []
    : [{ text: `no VirtualService has the host ${host}; there are: ${[...new Set(known)].join(", ") || "none"}` }];
}

/** Servers of Gateways that do not open the host, or open it for other namespaces than the route's. */
function closedHosts(context: Context, host: string): Reason[] {
  const gateways = context.objects.filter(isIstioGateway);
  const serving = gateways.flatMap((gateway) =>
    serversOf(gateway).flatMap(({ hosts = [] }, i) =>
      hosts.filter((one) => matchesHost(one, host)).map((pattern) => ({ gateway, i, pattern })),
    ),
  );
  if (serving.length === 0 && gateways.length > 0) {
    const all = gateways.flatMap((gateway) => serversOf(gateway).flatMap(({ hosts = [] }) => hosts));
    const [first] = gateways;
    return [
      {
        text: `no server of a Gateway has the host ${host}; there are: ${all.join(", ")}`,
        ...(first && { place: first.$.placeOf(["spec", "servers", 0, "hosts"]) }),
      },
    ];
  }
  return serving.flatMap(({ gateway, i, pattern }): Reason[] => {
    const [namespace, bare] = pattern.includes("/") ? pattern.split("/") : ["*", pattern];
    const owner = namespace === "." ? gateway.$.namespace : namespace;
    const routesElsewhere = routesForHost(context).filter(({ $ }) => owner !== "*" && $.namespace !== owner);
    return routesElsewhere.map((object) => ({
      text: `${objectTitle(gateway)} opens ${bare} for routes in namespace ${owner} only, and ${objectTitle(object)} is in ${object.$.namespace}`,
      place: gateway.$.placeOf(["spec", "servers", i, "hosts"]),
      fix: `hosts: ["${object.$.namespace}/${bare}"]`,
    }));
  });
}
