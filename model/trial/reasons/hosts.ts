import { listed } from "../../output/text";
import { isApiGateway } from "../manifests/gateways";
import { hostsOf } from "../manifests/hosts";
import { ingressesFor } from "../manifests/ingresses";
import { matchesLabels } from "../manifests/labels";
import type { Reason } from "../report/result";
import type { AccessEntry } from "../requests/accessLog";
import { urlParts } from "../requests/urls";
import { type Context, hostOf, ofKind } from "./context";
import { targetService } from "./policyScope";
import { appliesAtEntrance, takenRoutes, virtualServicesForHost } from "./routes";
import { unboundReason } from "./unbound";

/** True for a line of a proxy beside the workload that the caller's host name means. */
function isOfCalled(context: Context, { proxy }: AccessEntry): boolean {
  // a pod of a StatefulSet has a name of its own, and its Service's cluster
  const service = targetService(context);
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
  const forHost = virtualServicesForHost(context);
  if (forHost.length > 0)
    return forHost
      .filter((object) => !appliesAtEntrance(object, context))
      .map((object) => unboundReason(object, context));
  const known = new Set(ofKind(objects, "VirtualService").flatMap(hostsOf));
  // no host stands in a plain TCP connection
  if (urlParts(context.testCase.request.url).scheme === "tcp") return [];
  const routed = caller.outside && (objects.some(isApiGateway) || ingressesFor(host, objects).length > 0);
  return routed ? [] : [{ text: `no VirtualService has the host ${host}; there are: ${listed(known)}` }];
}
