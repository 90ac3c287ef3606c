import { isApiGateway } from "../manifests/gateways";
import { ingressesFor } from "../manifests/ingresses";
import { matchesLabels } from "../manifests/labels";
import { fqdnOf } from "../manifests/services";
import type { Reason } from "../report/result";
import type { AccessEntry } from "../requests/accessLog";
import { urlParts } from "../requests/urls";
import { type Context, calledService, hostOf, ofKind, sentTo } from "./context";
import { entranceGatewayNames, gatewaysOf, routesForHost, takenRoutes } from "./routes";
import { unboundReason } from "./unbound";

/** True for a line of a proxy beside the workload that the caller's host name means. */
function isOfCalled(context: Context, { proxy }: AccessEntry): boolean {
  const host = sentTo(context)?.host;
  // a pod of a StatefulSet has a name of its own, and its Service's cluster
  const service = calledService(context) ?? context.services.find((candidate) => fqdnOf(candidate) === host);
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
  const ways = entranceGatewayNames(context);
  const unbound = routesForHost(context)
    .filter((object) => !gatewaysOf(object).some((name) => ways.includes(name)))
    .map((object) => unboundReason(object, context));
  if (routesForHost(context).length > 0) return unbound;
  const known = ofKind(objects, "VirtualService").flatMap(({ spec }) => (spec?.hosts ?? []) as string[]);
  // no host stands in a plain TCP connection
  if (urlParts(context.testCase.request.url).scheme === "tcp") return [];
  const routed = caller.outside && (objects.some(isApiGateway) || ingressesFor(host, objects).length > 0);
  return routed
    ? []
    : [{ text: `no VirtualService has the host ${host}; there are: ${[...new Set(known)].join(", ") || "none"}` }];
}
