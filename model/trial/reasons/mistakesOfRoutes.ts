import { entranceForHost } from "../gateways";
import type { UserObject } from "../objects";
import { resultOf } from "../observation";
import { fqdnOf, istioHost, matchesHost } from "../services";
import { urlParts } from "../urls";
import { type Context, calledService, hostOf, objectTitle, ofKind } from "./context";
import type { Mistake } from "./mistake";
import { httpRoutes, routesForHost, takenRoutes } from "./routes";

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

/** A route, a rule or a host that the caller's namespace does not see. */
const notExported: Mistake = (context) => {
  const { caller, objects } = context;
  // a request from outside is routed by the proxy of a gateway
  const [from = ""] = caller.outside
    ? entranceForHost(urlParts(context.one.request.url).host, objects, caller.gateway).service.split("/")
    : [caller.namespace];
  const service = calledService(context);
  const host = service ? fqdnOf(service) : hostOf(context);
  const concerns = (object: UserObject): boolean => {
    const hosts = [object.spec?.host ?? object.spec?.hosts ?? []].flat() as string[];
    return hosts.some((pattern) => matchesHost(istioHost(pattern, object.$.namespace), host));
  };
  const hidden = ["VirtualService", "DestinationRule", "ServiceEntry"]
    .flatMap((kind) => ofKind(objects, kind))
    .find((object) => {
      const scope = object.spec?.exportTo as string[] | undefined;
      const isSeen = scope?.some((one) => one === "*" || one === from || (one === "." && object.$.namespace === from));
      return scope && !isSeen && concerns(object);
    });
  return (
    hidden && {
      text: `${objectTitle(hidden)} is exported to ${((hidden.spec?.exportTo ?? []) as string[]).join(", ")} only, and ${caller.outside ? "the gateway" : "the caller"} is in ${from}`,
      place: hidden.$.placeOf(["spec", "exportTo"]),
      fix: `add ${from} to exportTo, or remove exportTo`,
    }
  );
};

const missingService: Mistake = (context) => {
  const { objects, services, seen } = context;
  if (!["503", "500"].includes(String(resultOf(seen)))) return undefined;
  const external = ofKind(objects, "ServiceEntry").flatMap(({ spec }) => (spec?.hosts ?? []) as string[]);
  for (const object of concerned(context))
    for (const [i, { route = [] }] of httpRoutes(object).entries())
      for (const [j, { destination }] of route.entries()) {
        const full = istioHost(destination?.host ?? "", object.$.namespace);
        if (services.some((one) => fqdnOf(one) === full) || external.some((name) => matchesHost(name, full))) continue;
        return {
          text: `no Service has the host ${full} that ${objectTitle(object)} leads to`,
          place: object.$.placeOf(["spec", "http", i, "route", j, "destination"]),
          fix: "name the Service with its namespace: NAME.NAMESPACE.svc.cluster.local",
        };
      }
  return undefined;
};

const missingGrant: Mistake = ({ seen, objects }) => {
  if (resultOf(seen) !== 500) return undefined;
  for (const route of ofKind(objects, "HTTPRoute")) {
    const rules = (route.spec?.rules ?? []) as { backendRefs?: { namespace?: string }[] }[];
    for (const [i, { backendRefs = [] }] of rules.entries())
      for (const [j, { namespace }] of backendRefs.entries())
        if (
          namespace &&
          namespace !== route.$.namespace &&
          !ofKind(objects, "ReferenceGrant").some(({ $ }) => $.namespace === namespace)
        )
          return {
            text: `no ReferenceGrant in ${namespace} allows ${objectTitle(route)} to use its Services`,
            place: route.$.placeOf(["spec", "rules", i, "backendRefs", j, "namespace"]),
            fix: `add a ReferenceGrant in ${namespace}`,
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
      [...((spec?.hosts ?? []) as string[]), spec?.host].some((one) => one === half || one === `${half}.svc`),
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
  halfName,
  notExported,
  missingService,
  missingGrant,
];
