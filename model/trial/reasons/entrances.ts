import { listed } from "../../output/text";
import { isApiGateway } from "../manifests/gateways";
import { hostsOf } from "../manifests/hosts";
import { ingressesFor } from "../manifests/ingresses";
import { objectKey, titleOf, type UserObject } from "../manifests/objects";
import { ownGateway } from "../manifests/ownGateway";
import { matchesHost } from "../manifests/services";
import type { Reason } from "../report/result";
import { answeredBy } from "../requests/observation";
import { isSecured, urlParts } from "../requests/urls";
import { type Context, endedWith, hostOf, ofKind } from "./context";
import { entranceGatewayNames, gatewaysOf, takenRoutes, virtualServicesForHost } from "./routes";
import { entranceGateways, gatewayServers, listenerPorts, podlessReason, serviceInFront } from "./servers";
import { unboundReason } from "./unbound";

/** A host of a Gateway's server without its namespace. */
const bareHost = (pattern: string): string => pattern.split("/").at(-1) ?? pattern;

/** Host by which a gateway chooses a server: the SNI of TLS, else the Host header. */
const serverHost = (context: Context): string => {
  const { url, sni } = context.testCase.request;
  return isSecured(url) ? (sni ?? hostOf(context)) : hostOf(context);
};

/** True if a host of a Gateway's server, such as `shop/web.example.com`, admits VirtualServices of a namespace. */
const admits = (pattern: string, gateway: UserObject, namespace: string): boolean => {
  const [scope = "*"] = pattern.includes("/") ? pattern.split("/") : ["*"];
  return scope === "*" || (scope === "." ? gateway.$.namespace : scope) === namespace;
};

/** Reason why a Gateway does not open the request's host for a VirtualService that names it. */
function closedReason(object: UserObject, gateway: UserObject, context: Context): Reason | undefined {
  const host = serverHost(context);
  const { port } = urlParts(context.testCase.request.url);
  const serverHosts = gatewayServers(gateway).flatMap((server, index) =>
    (server.hosts ?? []).map((pattern) => ({ pattern, index, number: server.port?.number })),
  );
  const covering = serverHosts.filter(({ pattern }) => matchesHost(pattern, host));
  const [first] = covering;
  if (!first)
    return {
      text: `${titleOf(gateway)}, which ${titleOf(object)} names, has no server with the host ${host}; it has: ${listed(serverHosts.map(({ pattern }) => pattern))}`,
      place: gateway.$.placeOf(["spec", "servers", 0, "hosts"]),
      fix: `add ${host} to hosts`,
    };
  const admitting = covering.filter(({ pattern }) => admits(pattern, gateway, object.$.namespace));
  const [open] = admitting;
  if (!open) {
    const [scope] = first.pattern.split("/");
    return {
      text: `${titleOf(gateway)} opens ${bareHost(first.pattern)} for routes in namespace ${scope === "." ? gateway.$.namespace : scope} only, and ${titleOf(object)} is in ${object.$.namespace}`,
      place: gateway.$.placeOf(["spec", "servers", first.index, "hosts"]),
      fix: `hosts: ["${object.$.namespace}/${bareHost(first.pattern)}"]`,
    };
  }
  const ports = listenerPorts(gateway, port, context.objects);
  if (admitting.some(({ number }) => number === undefined || ports.includes(number))) return undefined;
  return {
    text: `${titleOf(gateway)} opens ${host} on port ${[...new Set(admitting.map(({ number }) => number))].join(" and ")}, and the request goes to port ${port}`,
    place: gateway.$.placeOf(["spec", "servers", open.index, "port"]),
  };
}

/** Reason why a request cannot arrive at a port that a Gateway opens: the Service in front of its pods does not have it. */
function portReason(gateway: UserObject, context: Context): Reason | undefined {
  const { port } = urlParts(context.testCase.request.url);
  const service = serviceInFront(gateway, context.objects);
  const ports = ((service?.spec?.ports ?? []) as { port?: number }[]).map((candidate) => candidate.port);
  if (!service || ports.includes(port)) return undefined;
  return {
    text: `${titleOf(service)}, which is in front of the pods of ${titleOf(gateway)}, has no port ${port}; it has: ${listed(ports)}`,
    place: service.$.placeOf(["spec", "ports"]),
    fix: `ports: [{ name: port-${port}, port: ${port} }]`,
  };
}

/** Reason why the environment's own Gateway does not open the request's host. */
function foreignReason(object: UserObject, context: Context): Reason | undefined {
  const host = serverHost(context);
  const hosts = [`*.${context.domain}`, context.domain];
  if (hosts.some((pattern) => matchesHost(pattern, host))) return undefined;
  return {
    text: `the environment's Gateway ${ownGateway}, which ${titleOf(object)} names, has no server with the host ${host}; it has: ${hosts.join(", ")}`,
    place: object.$.placeOf(["spec", "hosts"]),
    fix: `a host of ${context.domain}, or a Gateway of your own with the host ${host}`,
  };
}

/** Reasons for a host that Gateways open and that no VirtualService has. */
function unroutedReasons(context: Context): Reason[] {
  const host = serverHost(context);
  // routes of other kinds have reasons of their own
  if (context.objects.some(isApiGateway) || ingressesFor(host, context.objects).length > 0) return [];
  const known = new Set(ofKind(context.objects, "VirtualService").flatMap(hostsOf));
  const opening = entranceGateways(context).flatMap((gateway) => {
    const index = gatewayServers(gateway).findIndex(({ hosts = [] }) =>
      hosts.some((pattern) => matchesHost(pattern, host)),
    );
    return index < 0 ? [] : [{ gateway, index }];
  });
  return opening.map(({ gateway, index }) => ({
    text: `${titleOf(gateway)} opens ${host}, and no VirtualService has this host; there are: ${listed(known)}`,
    place: gateway.$.placeOf(["spec", "servers", index, "hosts"]),
    fix: `a VirtualService with hosts: [${host}] and gateways: [${objectKey(gateway)}]`,
  }));
}

/**
 * Mistakes between a VirtualService, the Gateway that it names, its pods and the Service in front of them. They come
 * first: whatever a route says has no effect before a request reaches it. Empty if one VirtualService of the host is bound
 * as it should be.
 */
export function entranceReasons(context: Context): Reason[] {
  const { caller, objects, observation, testCase } = context;
  const isMissed =
    caller.outside &&
    !answeredBy(observation) &&
    takenRoutes(context).length === 0 &&
    endedWith(context, 404, "refused", "reset", "tls-error", "timeout");
  // a plain TCP connection has no host to look for
  if (!isMissed || urlParts(testCase.request.url).scheme === "tcp") return [];
  const forHost = virtualServicesForHost(context);
  if (forHost.length === 0) return unroutedReasons(context);
  const entrances = entranceGatewayNames(context);
  const bindings = forHost.flatMap((object) => {
    const names = gatewaysOf(object).filter((name) => entrances.includes(name));
    return names.map((name) => ({
      object,
      gateway: objects.find((candidate) => candidate.kind === "Gateway" && objectKey(candidate) === name),
    }));
  });
  if (bindings.length === 0) return forHost.map((object) => unboundReason(object, context));
  const problems = bindings.map(({ object, gateway }) =>
    gateway
      ? (podlessReason(gateway, objects) ?? closedReason(object, gateway, context) ?? portReason(gateway, context))
      : foreignReason(object, context),
  );
  return problems.every((problem) => problem !== undefined) ? problems : [];
}
