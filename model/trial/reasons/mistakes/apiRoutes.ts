import { isApiGateway } from "../../manifests/gateways";
import { objectKey, titleOf } from "../../manifests/objects";
import { matchesHost, serviceKey, serviceTitle } from "../../manifests/services";
import { arrivalOf } from "../../requests/observation";
import {
  filtersForHost,
  hasHost,
  hostnamesOf,
  listenersOf,
  parentsOf,
  routeRules,
  routesForHost,
  routesOf,
} from "../apiRoutes";
import { type Context, calledService, endedWith, hasFlag, hostOf, ofKind, pathOf } from "../context";
import { type Mistake, onlyIf } from "./mistake";

/** True if the request ended without a route at a gateway of the Gateway API. */
const isMissed = (context: Context): boolean =>
  context.caller.outside &&
  context.objects.some(isApiGateway) &&
  (hasFlag(context, "NR") || endedWith(context, 404, "refused", "tls-error"));

/** Routes for the host with each parentRef to a Gateway of the manifests. */
const attachments = (context: Context) =>
  routesForHost(context).flatMap((route) =>
    parentsOf(route).flatMap((parent, i) => {
      const key = `${parent.namespace ?? route.$.namespace}/${parent.name}`;
      const gateway = context.objects.find((object) => isApiGateway(object) && objectKey(object) === key);
      return gateway ? [{ route, parent, gateway, path: ["spec", "parentRefs", i] }] : [];
    }),
  );

/** A parentRef to a listener that the Gateway does not have. */
const noListener: Mistake = (context) => {
  for (const { route, parent, gateway, path } of attachments(context)) {
    const names = listenersOf(gateway).map(({ name }) => name);
    if (!parent.sectionName || names.includes(parent.sectionName)) continue;
    return {
      text: `${titleOf(route)} names the listener ${parent.sectionName} of ${titleOf(gateway)}, which has: ${names.join(", ")}`,
      place: route.$.placeOf([...path, "sectionName"]),
      fix: `sectionName: ${names[0]}`,
    };
  }
  return undefined;
};

/** A route in another namespace than the Gateway, whose listener admits its own namespace only. */
const notAdmitted: Mistake = (context) => {
  for (const { route, parent, gateway } of attachments(context)) {
    if (route.$.namespace === gateway.$.namespace) continue;
    const index = listenersOf(gateway).findIndex(({ name, allowedRoutes }) => {
      const isMeant = parent.sectionName === undefined || parent.sectionName === name;
      return isMeant && (allowedRoutes?.namespaces?.from ?? "Same") === "Same";
    });
    if (index < 0) continue;
    return {
      text: `listener ${listenersOf(gateway)[index]?.name} of ${titleOf(gateway)} admits routes of its own namespace only, and ${titleOf(route)} is in ${route.$.namespace}`,
      place: gateway.$.placeOf(["spec", "listeners", index]),
      fix: "allowedRoutes: { namespaces: { from: All } }",
    };
  }
  return undefined;
};

/** A host that the routes have, and no listener of their Gateway. */
const noListenerForHost: Mistake = (context) => {
  const host = hostOf(context);
  for (const { gateway } of attachments(context)) {
    const hostnames = listenersOf(gateway).map(({ hostname }) => hostname);
    if (hostnames.some((hostname) => hostname === undefined || matchesHost(hostname, host))) continue;
    return {
      text: `no listener of ${titleOf(gateway)} has the host ${host}; there are: ${hostnames.join(", ")}`,
      place: gateway.$.placeOf(["spec", "listeners"]),
    };
  }
  return undefined;
};

/** A host that no route has. */
const noRouteForHost: Mistake = (context) => {
  const host = hostOf(context);
  const routes = routesOf(context).filter((route) => parentsOf(route).some(({ kind }) => kind !== "Service"));
  const [first] = routes;
  if (!first || routes.some((route) => hasHost(route, host))) return undefined;
  if (ofKind(context.objects, "VirtualService").length > 0) return undefined;
  return {
    text: `no route has the host ${host}; there are: ${[...new Set(routes.flatMap(hostnamesOf))].join(", ")}`,
    place: first.$.placeOf(["spec", "hostnames"]),
    fix: `hostnames: [${host}]`,
  };
};

/** A GRPCRoute for another service or method than the call's. */
const otherCall: Mistake = (context) => {
  if (!/^grpcs?:/.test(context.testCase.request.url)) return undefined;
  const [, service, method] = pathOf(context).split("/");
  for (const route of routesForHost(context).filter(({ kind }) => kind === "GRPCRoute")) {
    const calls = routeRules(route).flatMap(({ rule: { matches = [] } }) =>
      matches.flatMap((match) => match.method ?? []),
    );
    const fits = calls.some((call) => (call.service ?? service) === service && (call.method ?? method) === method);
    if (calls.length === 0 || fits) continue;
    const matched = calls.map((call) => `${call.service ?? "any service"}/${call.method ?? "any method"}`);
    return {
      text: `${titleOf(route)} matches ${matched.join(", ")}, and the call is ${service}/${method}`,
      place: route.$.placeOf(["spec", "rules"]),
      fix: `service: ${service}, with the package's name`,
    };
  }
  return undefined;
};

/** A rewrite of the whole path, although the case expects another one. */
const wholePath: Mistake = (context) => {
  if (context.testCase.expect.path === undefined || !arrivalOf(context.observation)) return undefined;
  const rewrite = filtersForHost(context).find(({ filter }) => filter.urlRewrite?.path?.type === "ReplaceFullPath");
  return (
    rewrite && {
      text: `ReplaceFullPath of ${titleOf(rewrite.route)} replaces the whole path, whatever the rule matched`,
      place: rewrite.place,
      fix: "type: ReplacePrefixMatch, with replacePrefixMatch",
    }
  );
};

/** A redirect with the default status, although the case expects another one. */
const redirectStatus: Mistake = (context) => {
  const { status } = context.testCase.expect;
  if (!endedWith(context, 302) || !status || status.includes(302)) return undefined;
  const redirect = filtersForHost(context).find(
    ({ filter: { requestRedirect } }) => requestRedirect && !requestRedirect.statusCode,
  );
  return (
    redirect && {
      text: `RequestRedirect of ${titleOf(redirect.route)} answers 302, unless statusCode says otherwise`,
      place: redirect.place,
      fix: `statusCode: ${status[0]}`,
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
        text: `${titleOf(route)} is for port ${port} of ${serviceTitle(service)}, which has: ${ports.join(", ")}`,
        place: route.$.placeOf(["spec", "parentRefs", i, "port"]),
        fix: `port: ${ports[0]}`,
      };
    }
  return undefined;
};

export const mistakesOfApiRoutes: readonly Mistake[] = [
  ...onlyIf(isMissed, [noListener, notAdmitted, noListenerForHost, noRouteForHost, otherCall]),
  wholePath,
  redirectStatus,
  portOfParent,
];
