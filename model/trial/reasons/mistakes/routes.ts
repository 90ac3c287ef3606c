import { entranceOf, ingress, isIstioGateway } from "../../manifests/gateways";
import { hostsOf } from "../../manifests/hosts";
import type { UserObject } from "../../manifests/objects";
import { titleOf } from "../../manifests/objects";
import {
  domainOfServices,
  fqdnOf,
  fqdnOfKey,
  istioHost,
  matchesHost,
  namespaceOf,
  serviceByFqdn,
} from "../../manifests/services";
import { routeRules } from "../apiRoutes";
import { calledService, endedWith, entranceNamespace, hostOf, isInbound, ofKind } from "../context";
import { destinationsOf } from "../httpRoutes";
import { takenRoutes, virtualServicesForHost } from "../routes";
import type { Mistake } from "./mistake";

/** A VirtualService that names Gateways and not `mesh`, for a caller in the mesh. */
const gatewaysWithoutMesh: Mistake = (context) => {
  if (context.caller.outside) return undefined;
  const bound = virtualServicesForHost(context).find(({ spec }) => spec?.gateways && !spec.gateways.includes("mesh"));
  return (
    bound && {
      text: `${titleOf(bound)} lists gateways without mesh, so callers inside the mesh do not use it`,
      place: bound.$.placeOf(["spec", "gateways"]),
      fix: "add mesh to gateways",
    }
  );
};

/** A route whose short host belongs to the route's namespace and not to the Service's. */
const shortHost: Mistake = (context) => {
  const service = calledService(context);
  if (!service) return undefined;
  const { name } = service;
  const wrong = ofKind(context.objects, "VirtualService").find((object) => {
    const { namespace } = object.$;
    const exists = serviceByFqdn(fqdnOf({ name, namespace }), context.services) !== undefined;
    return namespace !== service.namespace && hostsOf(object).includes(name) && !exists;
  });
  return (
    wrong && {
      text: `host ${name} of ${titleOf(wrong)} means ${istioHost(name, wrong.$.namespace)}, and the request goes to ${fqdnOf(service)}`,
      place: wrong.$.placeOf(["spec", "hosts"]),
      fix: `hosts: [${fqdnOf(service)}]`,
    }
  );
};

/** A wildcard for the Services of a namespace that ends before the mesh's domain. */
const shortWildcard: Mistake = (context) => {
  const service = calledService(context);
  if (!service) return undefined;
  const short = [`*.${service.namespace}`, `*.${service.namespace}.svc`];
  const wrong = ofKind(context.objects, "VirtualService").find((object) =>
    hostsOf(object).some((host) => short.includes(host)),
  );
  return (
    wrong && {
      text: `a wildcard of ${titleOf(wrong)} ends before the domain of the mesh, and means no Service: ${fqdnOf(service)} is the host of the request`,
      place: wrong.$.placeOf(["spec", "hosts"]),
      fix: `hosts: ["*.${service.namespace}.${domainOfServices}"]`,
    }
  );
};

/** A route, a rule or a host that the caller's namespace does not see. */
const notExported: Mistake = (context) => {
  const { caller, objects, observation } = context;
  // a request from outside is routed by the proxy of a gateway, and one inside may pass an egress gateway
  const entrance = caller.outside ? entranceNamespace(context) : caller.namespace;
  const next = observation.log.filter((entry) => !isInbound(entry)).map(({ proxy }) => namespaceOf(proxy));
  const service = calledService(context);
  const host = service ? fqdnOf(service) : hostOf(context);
  const concerns = (object: UserObject): boolean => {
    const hosts = object.spec?.host ? [String(object.spec.host)] : hostsOf(object);
    return hosts.some((pattern) => matchesHost(istioHost(pattern, object.$.namespace), host));
  };
  const candidates = ["VirtualService", "DestinationRule", "ServiceEntry"].flatMap((kind) => ofKind(objects, kind));
  for (const from of new Set([entrance, ...next]))
    for (const object of candidates) {
      const scope = object.spec?.exportTo as string[] | undefined;
      const isSeen = scope?.some(
        (namespace) => namespace === "*" || (namespace === "." ? object.$.namespace : namespace) === from,
      );
      if (!scope || isSeen || !concerns(object)) continue;
      const user = caller.outside || from !== entrance ? "the gateway" : "the caller";
      return {
        text: scope.includes("~")
          ? `${titleOf(object)} is exported to nobody (~)`
          : `${titleOf(object)} is exported to ${scope.join(", ")} only, and ${user} is in ${from}`,
        place: object.$.placeOf(["spec", "exportTo"]),
        fix: `add ${from} to exportTo, or remove exportTo`,
      };
    }
  return undefined;
};

/** A destination that no Service, no gateway and no ServiceEntry has. */
const missingService: Mistake = (context) => {
  const { objects, services } = context;
  if (!endedWith(context, 503, 500)) return undefined;
  const entrances = [ingress, ...objects.filter(isIstioGateway).map((gateway) => entranceOf(gateway, objects))];
  const gateways = entrances.map(({ service }) => fqdnOfKey(service));
  const external = ofKind(objects, "ServiceEntry").flatMap(hostsOf);
  const exists = (fqdn: string): boolean =>
    gateways.includes(fqdn) ||
    serviceByFqdn(fqdn, services) !== undefined ||
    external.some((name) => matchesHost(name, fqdn));
  const taken = takenRoutes(context).map(({ object }) => object);
  for (const object of new Set([...virtualServicesForHost(context), ...taken])) {
    const missing = destinationsOf(object).find(({ fqdn }) => !exists(fqdn));
    if (missing)
      return {
        text: `no Service has the host ${missing.fqdn} that ${titleOf(object)} leads to`,
        place: missing.place,
        fix: "name the Service with its namespace: NAME.NAMESPACE.svc.cluster.local",
      };
  }
  return undefined;
};

/** True if a ReferenceGrant lets a route use the Services of a namespace. */
const admits = ({ spec, $ }: UserObject, route: UserObject, namespace: string): boolean =>
  $.namespace === namespace &&
  ((spec?.from ?? []) as { kind?: string; namespace?: string }[]).some(
    (from) => from.kind === route.kind && from.namespace === route.$.namespace,
  );

/** A backend in another namespace without a ReferenceGrant there. */
const missingGrant: Mistake = (context) => {
  if (!endedWith(context, 500)) return undefined;
  const grants = ofKind(context.objects, "ReferenceGrant");
  for (const { route, rule, placeOf } of ofKind(context.objects, "HTTPRoute").flatMap(routeRules))
    for (const [i, { namespace }] of (rule.backendRefs ?? []).entries()) {
      if (!namespace || namespace === route.$.namespace) continue;
      if (grants.some((grant) => admits(grant, route, namespace))) continue;
      return {
        text: `no ReferenceGrant in ${namespace} allows ${titleOf(route)} to use its Services`,
        place: placeOf("backendRefs", i, "namespace"),
        fix: `a ReferenceGrant in ${namespace} with from: [{ kind: ${route.kind}, namespace: ${route.$.namespace}, ... }]`,
      };
    }
  return undefined;
};

/** A host with dots that is no full name of a Service: Istio does not expand it. */
const halfName: Mistake = (context) => {
  const service = calledService(context);
  if (!service) return undefined;
  const half = `${service.name}.${service.namespace}`;
  const wrong = [...ofKind(context.objects, "VirtualService"), ...ofKind(context.objects, "DestinationRule")].find(
    (object) => [...hostsOf(object), object.spec?.host].some((host) => host === half || host === `${half}.svc`),
  );
  return (
    wrong && {
      text: `${titleOf(wrong)} has the host ${half}: a name with a dot is taken as it is, and the Service is ${fqdnOf(service)}`,
      place: wrong.$.placeOf(["spec", wrong.kind === "VirtualService" ? "hosts" : "host"]),
      fix: fqdnOf(service),
    }
  );
};

export const mistakesOfRoutes: readonly Mistake[] = [
  gatewaysWithoutMesh,
  shortHost,
  shortWildcard,
  halfName,
  notExported,
  missingService,
  missingGrant,
];
