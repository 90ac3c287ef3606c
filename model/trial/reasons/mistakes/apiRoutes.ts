import { isApiGateway } from "../../manifests/gateways";
import { matchesHost, serviceKey } from "../../manifests/services";
import { arrivalOf, resultOf } from "../../requests/observation";
import { hasHost, hostsOf, listenersOf, parentsOf, routesOf, rulesOf } from "../apiRoutes";
import { type Context, calledService, hostOf, objectTitle, ofKind, pathOf } from "../context";
import type { Mistake } from "./mistake";

/** True if the request ended without a route at a gateway of the Gateway API. */
const isMissed = ({ caller, observation, objects }: Context): boolean =>
  caller.outside &&
  objects.some(isApiGateway) &&
  (observation.log.some(({ flags }) => flags.includes("NR")) ||
    [404, "refused", "tls-error"].includes(resultOf(observation)));

/** Routes for the host with each parentRef to a Gateway of the manifests. */
const attachments = (context: Context) =>
  routesOf(context)
    .filter((route) => hasHost(route, hostOf(context)))
    .flatMap((route) =>
      parentsOf(route).flatMap((parent, i) => {
        const namespace = parent.namespace ?? route.$.namespace;
        const gateway = context.objects.find(
          (object) => isApiGateway(object) && object.metadata.name === parent.name && object.$.namespace === namespace,
        );
        return gateway ? [{ route, parent, gateway, path: ["spec", "parentRefs", i] }] : [];
      }),
    );

/** A parentRef to a listener that the Gateway does not have. */
const noListener: Mistake = (context) => {
  if (!isMissed(context)) return undefined;
  for (const { route, parent, gateway, path } of attachments(context)) {
    const names = listenersOf(gateway).map(({ name }) => name);
    if (!parent.sectionName || names.includes(parent.sectionName)) continue;
    return {
      text: `${objectTitle(route)} names the listener ${parent.sectionName} of ${objectTitle(gateway)}, which has: ${names.join(", ")}`,
      place: route.$.placeOf([...path, "sectionName"]),
      fix: `sectionName: ${names[0]}`,
    };
  }
  return undefined;
};

/** A route in another namespace than the Gateway, whose listener admits its own namespace only. */
const notAdmitted: Mistake = (context) => {
  if (!isMissed(context)) return undefined;
  for (const { route, parent, gateway } of attachments(context)) {
    if (route.$.namespace === gateway.$.namespace) continue;
    const index = listenersOf(gateway).findIndex(({ name, allowedRoutes }) => {
      const from = allowedRoutes?.namespaces?.from ?? "Same";
      return (parent.sectionName === undefined || parent.sectionName === name) && from === "Same";
    });
    if (index < 0) continue;
    return {
      text: `listener ${listenersOf(gateway)[index]?.name} of ${objectTitle(gateway)} admits routes of its own namespace only, and ${objectTitle(route)} is in ${route.$.namespace}`,
      place: gateway.$.placeOf(["spec", "listeners", index]),
      fix: "allowedRoutes: { namespaces: { from: All } }",
    };
  }
  return undefined;
};

/** A host that the routes have, and no listener of their Gateway. */
const noListenerForHost: Mistake = (context) => {
  const host = hostOf(context);
  const attachment = attachments(context).find(({ gateway }) =>
    listenersOf(gateway).every(({ hostname }) => hostname !== undefined && !matchesHost(hostname, host)),
  );
  if (!isMissed(context) || !attachment) return undefined;
  return {
    text: `no listener of ${objectTitle(attachment.gateway)} has the host ${host}; there are: ${listenersOf(
      attachment.gateway,
    )
      .map(({ hostname }) => hostname)
      .join(", ")}`,
    place: attachment.gateway.$.placeOf(["spec", "listeners"]),
  };
};

/** A host that no route has. */
const noRouteForHost: Mistake = (context) => {
  const host = hostOf(context);
  const routes = routesOf(context).filter((route) => parentsOf(route).some(({ kind }) => kind !== "Service"));
  const [first] = routes;
  if (!isMissed(context) || !first || routes.some((route) => hasHost(route, host))) return undefined;
  if (ofKind(context.objects, "VirtualService").length > 0) return undefined;
  return {
    text: `no route has the host ${host}; there are: ${[...new Set(routes.flatMap(hostsOf))].join(", ")}`,
    place: first.$.placeOf(["spec", "hostnames"]),
    fix: `hostnames: [${host}]`,
  };
};

/** A GRPCRoute for another service or method than the call's. */
const otherCall: Mistake = (context) => {
  if (!/^grpcs?:/.test(context.testCase.request.url) || !isMissed(context)) return undefined;
  const [, service, method] = pathOf(context).split("/");
  for (const route of ofKind(context.objects, "GRPCRoute").filter((candidate) => hasHost(candidate, hostOf(context)))) {
    const wanted = rulesOf(route).flatMap(({ matches = [] }) => matches.flatMap((match) => match.method ?? []));
    const fits = wanted.some((call) => (call.service ?? service) === service && (call.method ?? method) === method);
    if (wanted.length === 0 || fits) continue;
    return {
      text: `${objectTitle(route)} matches ${wanted.map((call) => `${call.service ?? "any service"}/${call.method ?? "any method"}`).join(", ")}, and the call is ${service}/${method}`,
      place: route.$.placeOf(["spec", "rules"]),
      fix: `service: ${service}, with the package's name`,
    };
  }
  return undefined;
};

/** Filters of the routes for the request's host or Service, with their paths. */
const filtersOf = (context: Context) =>
  routesOf(context)
    .filter((route) => hasHost(route, hostOf(context)))
    .flatMap((route) =>
      rulesOf(route).flatMap(({ filters = [] }, i) =>
        filters.map((filter, j) => ({ route, filter, path: ["spec", "rules", i, "filters", j] })),
      ),
    );

const wholePath: Mistake = (context) => {
  const arrived = arrivalOf(context.observation)?.path;
  if (context.testCase.expect.path === undefined || arrived === undefined) return undefined;
  const rewrite = filtersOf(context).find(({ filter }) => filter.urlRewrite?.path?.type === "ReplaceFullPath");
  return (
    rewrite && {
      text: `ReplaceFullPath of ${objectTitle(rewrite.route)} replaces the whole path, whatever the rule matched`,
      place: rewrite.route.$.placeOf(rewrite.path),
      fix: "type: ReplacePrefixMatch, with replacePrefixMatch",
    }
  );
};

const redirectStatus: Mistake = (context) => {
  const result = resultOf(context.observation);
  if (result !== 302 || !context.testCase.expect.status || context.testCase.expect.status.includes(302))
    return undefined;
  const redirect = filtersOf(context).find(
    ({ filter }) => filter.requestRedirect && !filter.requestRedirect.statusCode,
  );
  return (
    redirect && {
      text: `RequestRedirect of ${objectTitle(redirect.route)} answers 302, unless statusCode says otherwise`,
      place: redirect.route.$.placeOf(redirect.path),
      fix: `statusCode: ${context.testCase.expect.status[0]}`,
    }
  );
};

/** A route for callers in the mesh whose parentRef names a port that the Service does not have. */
const portOfParent: Mistake = (context) => {
  const service = calledService(context);
  if (!service) return undefined;
  const ports = service.ports.map(({ number }) => number);
  for (const route of routesOf(context))
    for (const [i, { kind, name, namespace = route.$.namespace, port }] of parentsOf(route).entries()) {
      const isParent = kind === "Service" && `${namespace}/${name}` === serviceKey(service);
      if (!isParent || port === undefined || ports.includes(port)) continue;
      return {
        text: `${objectTitle(route)} is for port ${port} of Service ${serviceKey(service)}, which has: ${ports.join(", ")}`,
        place: route.$.placeOf(["spec", "parentRefs", i, "port"]),
        fix: `port: ${ports[0]}`,
      };
    }
  return undefined;
};

export const mistakesOfApiRoutes: readonly Mistake[] = [
  noListener,
  notAdmitted,
  noListenerForHost,
  noRouteForHost,
  otherCall,
  wholePath,
  redirectStatus,
  portOfParent,
];
