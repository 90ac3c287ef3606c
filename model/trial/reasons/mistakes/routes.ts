import { entranceOf, ingress, isIstioGateway } from "../../manifests/gateways";
import type { UserObject } from "../../manifests/objects";
import { fqdnOf, istioHost, matchesHost } from "../../manifests/services";
import { resultOf } from "../../requests/observation";
import { type Context, calledService, entranceOfCaller, hostOf, isInbound, objectTitle, ofKind } from "../context";
import { httpRoutes, routesForHost, takenRoutes } from "../routes";
import type { Mistake } from "./mistake";

/** VirtualServices of the request's host, and the routes taken. */
const concerned = (context: Context) => [
  ...new Set([...routesForHost(context), ...takenRoutes(context).map(({ object }) => object)]),
];

const gatewaysWithoutMesh: Mistake = (context) => {
  if (context.caller.outside) return undefined;
  const bound = routesForHost(context).find(({ spec }) => spec?.gateways && !spec.gateways.includes("mesh"));
  return (
    bound && {
      text: `${objectTitle(bound)} lists gateways without mesh, so callers inside the mesh do not use it`,
      place: bound.$.placeOf(["spec", "gateways"]),
      fix: "add mesh to gateways",
    }
  );
};

/** A route whose short host belongs to the route's namespace and not to the Service's. */
const shortHost: Mistake = (context) => {
  const service = calledService(context);
  if (!service) return undefined;
  const wrong = ofKind(context.objects, "VirtualService").find(
    ({ spec, $ }) =>
      $.namespace !== service.namespace &&
      ((spec?.hosts ?? []) as string[]).includes(service.name) &&
      !context.services.some(({ name, namespace }) => name === service.name && namespace === $.namespace),
  );
  return (
    wrong && {
      text: `host ${service.name} of ${objectTitle(wrong)} means ${istioHost(service.name, wrong.$.namespace)}, and the request goes to ${fqdnOf(service)}`,
      place: wrong.$.placeOf(["spec", "hosts"]),
      fix: `hosts: [${fqdnOf(service)}]`,
    }
  );
};

/** A wildcard for the Services of a namespace that ends before the mesh's domain. */
const shortWildcard: Mistake = (context) => {
  const service = calledService(context);
  if (!service) return undefined;
  const full = `*.${service.namespace}.svc.cluster.local`;
  const short = [`*.${service.namespace}`, `*.${service.namespace}.svc`];
  const wrong = ofKind(context.objects, "VirtualService").find(({ spec }) =>
    ((spec?.hosts ?? []) as string[]).some((host) => short.includes(host)),
  );
  return (
    wrong && {
      text: `a wildcard of ${objectTitle(wrong)} ends before the domain of the mesh, and means no Service: ${fqdnOf(service)} is the host of the request`,
      place: wrong.$.placeOf(["spec", "hosts"]),
      fix: `hosts: ["${full}"]`,
    }
  );
};

/** A route, a rule or a host that the caller's namespace does not see. */
const notExported: Mistake = (context) => {
  const { caller, objects, observation } = context;
  // a request from outside is routed by the proxy of a gateway, and one inside may pass an egress gateway
  const [entrance = ""] = caller.outside ? entranceOfCaller(context).service.split("/") : [caller.namespace];
  const next = observation.log.filter((entry) => !isInbound(entry)).map(({ proxy }) => proxy.split("/")[0] ?? "");
  const ways = [...new Set([entrance, ...next])];
  const service = calledService(context);
  const host = service ? fqdnOf(service) : hostOf(context);
  const concerns = (object: UserObject): boolean => {
    const hosts = [object.spec?.host ?? object.spec?.hosts ?? []].flat() as string[];
    return hosts.some((pattern) => matchesHost(istioHost(pattern, object.$.namespace), host));
  };
  const candidates = ["VirtualService", "DestinationRule", "ServiceEntry"].flatMap((kind) => ofKind(objects, kind));
  for (const from of ways)
    for (const object of candidates) {
      const scope = object.spec?.exportTo as string[] | undefined;
      const isSeen = scope?.some(
        (namespaceName) =>
          namespaceName === "*" || namespaceName === from || (namespaceName === "." && object.$.namespace === from),
      );
      if (!scope || isSeen || !concerns(object)) continue;
      const whom = caller.outside || from !== entrance ? "the gateway" : "the caller";
      return {
        text: scope.includes("~")
          ? `${objectTitle(object)} is exported to nobody (~)`
          : `${objectTitle(object)} is exported to ${scope.join(", ")} only, and ${whom} is in ${from}`,
        place: object.$.placeOf(["spec", "exportTo"]),
        fix: `add ${from} to exportTo, or remove exportTo`,
      };
    }
  return undefined;
};

const missingService: Mistake = (context) => {
  const { objects, services, observation } = context;
  if (!["503", "500"].includes(String(resultOf(observation)))) return undefined;
  const gateways = [ingress, ...objects.filter(isIstioGateway).map((gateway) => entranceOf(gateway, objects))].map(
    ({ service }) => `${service.split("/").reverse().join(".")}.svc.cluster.local`,
  );
  const external = ofKind(objects, "ServiceEntry").flatMap(({ spec }) => (spec?.hosts ?? []) as string[]);
  for (const object of concerned(context))
    for (const [i, { route = [] }] of httpRoutes(object).entries())
      for (const [j, { destination }] of route.entries()) {
        const full = istioHost(destination?.host ?? "", object.$.namespace);
        if (
          gateways.includes(full) ||
          services.some((service) => fqdnOf(service) === full) ||
          external.some((name) => matchesHost(name, full))
        )
          continue;
        return {
          text: `no Service has the host ${full} that ${objectTitle(object)} leads to`,
          place: object.$.placeOf(["spec", "http", i, "route", j, "destination"]),
          fix: "name the Service with its namespace: NAME.NAMESPACE.svc.cluster.local",
        };
      }
  return undefined;
};

/** True if a ReferenceGrant of a namespace lets routes of another use what it has. */
const admits = ({ spec, $ }: UserObject, route: UserObject, namespace: string): boolean =>
  $.namespace === namespace &&
  ((spec?.from ?? []) as { kind?: string; namespace?: string }[]).some(
    (from) => from.kind === route.kind && from.namespace === route.$.namespace,
  );

const missingGrant: Mistake = ({ observation, objects }) => {
  if (resultOf(observation) !== 500) return undefined;
  for (const route of ofKind(objects, "HTTPRoute")) {
    const rules = (route.spec?.rules ?? []) as { backendRefs?: { namespace?: string }[] }[];
    for (const [i, { backendRefs = [] }] of rules.entries())
      for (const [j, { namespace }] of backendRefs.entries())
        if (
          namespace &&
          namespace !== route.$.namespace &&
          !ofKind(objects, "ReferenceGrant").some((grant) => admits(grant, route, namespace))
        )
          return {
            text: `no ReferenceGrant in ${namespace} allows ${objectTitle(route)} to use its Services`,
            place: route.$.placeOf(["spec", "rules", i, "backendRefs", j, "namespace"]),
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
    ({ spec }) =>
      [...((spec?.hosts ?? []) as string[]), spec?.host].some((host) => host === half || host === `${half}.svc`),
  );
  return (
    wrong && {
      text: `${objectTitle(wrong)} has the host ${half}: a name with a dot is taken as it is, and the Service is ${fqdnOf(service)}`,
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
