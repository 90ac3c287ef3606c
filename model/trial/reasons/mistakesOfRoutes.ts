import { arrivalOf, resultOf } from "../observation";
import { fqdnOf, istioHost, matchesHost } from "../services";
import { type Context, calledService, ofKind, pathOf, titled } from "./context";
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
      text: `${titled(bound)} lists gateways without mesh, so callers inside the mesh do not use it`,
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
      text: `host ${service.name} of ${titled(wrong)} means ${istioHost(service.name, wrong.$.namespace)}, and the request goes to ${fqdnOf(service)}`,
      place: wrong.$.placeOf(["spec", "hosts"]),
      fix: `hosts: [${fqdnOf(service)}]`,
    }
  );
};

/** A route or rule that the caller's namespace does not see. */
const notExported: Mistake = (context) => {
  if (context.caller.outside) return undefined;
  const hidden = ["VirtualService", "DestinationRule"]
    .flatMap((kind) => ofKind(context.objects, kind))
    .find(({ kind, spec, $ }) => {
      const scope = spec?.exportTo as string[] | undefined;
      const service = calledService(context);
      const own =
        kind === "VirtualService"
          ? undefined
          : service && matchesHost(istioHost(String(spec?.host), $.namespace), fqdnOf(service));
      const seen = scope?.some(
        (one) =>
          one === "*" || one === context.caller.namespace || (one === "." && $.namespace === context.caller.namespace),
      );
      return scope && !seen && (own ?? routesForHost(context).some((one) => one.metadata.name && one.$ === $));
    });
  return (
    hidden && {
      text: `${titled(hidden)} is exported to ${((hidden.spec?.exportTo ?? []) as string[]).join(", ")} only, and the caller is in ${context.caller.namespace}`,
      place: hidden.$.placeOf(["spec", "exportTo"]),
      fix: `add ${context.caller.namespace} to exportTo, or remove exportTo`,
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
          text: `no Service has the host ${full} that ${titled(object)} leads to`,
          place: object.$.placeOf(["spec", "http", i, "route", j, "destination"]),
          fix: "name the Service with its namespace: NAME.NAMESPACE.svc.cluster.local",
        };
      }
  return undefined;
};

const shortPrefix: Mistake = (context) => {
  const path = pathOf(context);
  for (const { object, index } of takenRoutes(context))
    for (const [j, { uri }] of (httpRoutes(object)[index]?.match ?? []).entries()) {
      const prefix = uri?.prefix;
      if (!prefix || prefix.endsWith("/") || !path.startsWith(prefix) || !/^[^/?]/.test(path.slice(prefix.length)))
        continue;
      return {
        text: `prefix ${prefix} also matches ${path}: a prefix is text and not a path segment`,
        place: object.$.placeOf(["spec", "http", index, "match", j, "uri"]),
        fix: `match exact ${prefix} and prefix ${prefix}/, the longer path first`,
      };
    }
  return undefined;
};

/** Conditions in separate items of `match`, of which one is enough. */
const separateMatches: Mistake = (context) => {
  for (const { object, index } of takenRoutes(context)) {
    const matches = httpRoutes(object)[index]?.match ?? [];
    const conditions = matches.flatMap((one) => Object.keys(one));
    if (matches.length < 2 || new Set(conditions).size !== conditions.length) continue;
    return {
      text: `the ${matches.length} items of match of ${titled(object)} are alternatives: one is enough`,
      place: object.$.placeOf(["spec", "http", index, "match"]),
      fix: "put the conditions into one item, if all of them have to hold",
    };
  }
  return undefined;
};

/** A rewritten prefix that leaves two slashes, or none. */
const slashes: Mistake = (context) => {
  const path = arrivalOf(context.seen)?.path ?? "/";
  if (!path.startsWith("//") && path.startsWith("/")) return undefined;
  for (const { object, index } of takenRoutes(context)) {
    const uri = (httpRoutes(object)[index] as { rewrite?: { uri?: string } }).rewrite?.uri;
    if (uri === undefined) continue;
    return {
      text: `the rewrite puts ${uri} in place of the matched prefix only, so the workload receives ${path}`,
      place: object.$.placeOf(["spec", "http", index, "rewrite"]),
      fix: "match the prefix with a slash at its end, and rewrite it to one with a slash at its end",
    };
  }
  return undefined;
};

/** A redirect whose target is another one than the case expects. */
const redirectTarget: Mistake = (context) => {
  if (context.one.expect.location === undefined) return undefined;
  for (const { object, index } of takenRoutes(context)) {
    const { redirect } = httpRoutes(object)[index] as { redirect?: { uri?: string } };
    const place = object.$.placeOf(["spec", "http", index]);
    if (!redirect) return { text: "the route that was taken has no redirect", place };
    if (redirect.uri === undefined) continue;
    return {
      text: `uri ${redirect.uri} of the redirect replaces the whole path, whatever the route matched; the query stays`,
      place: object.$.placeOf(["spec", "http", index, "redirect", "uri"]),
      fix: "a route for each path, or an HTTPRoute with RequestRedirect and ReplacePrefixMatch",
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
            text: `no ReferenceGrant in ${namespace} allows ${titled(route)} to use its Services`,
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
      text: `${titled(wrong)} has the host ${half}: a name with a dot is taken as it is, and the Service is ${fqdnOf(service)}`,
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
  shortPrefix,
  separateMatches,
  slashes,
  redirectTarget,
  missingGrant,
];
