import { isApiGateway } from "../../manifests/gateways";
import { labelText } from "../../manifests/labels";
import { titleOf } from "../../manifests/objects";
import { serviceKey, serviceTitle } from "../../manifests/services";
import { arrivalOf } from "../../requests/observation";
import { filtersForHost, listenersOf, routeRules, routesForHost } from "../apiRoutes";
import { type Context, endedWith, expectsTimeout } from "../context";
import type { Mistake } from "./mistake";

/** Rules of the routes for the request's host. */
const requestRules = (context: Context) => routesForHost(context).flatMap(routeRules);

/** Backends that get no request, or that have no such port; a gateway answers 500 for them. */
const noBackend: Mistake = (context) => {
  if (!endedWith(context, 500)) return undefined;
  for (const { route, rule, placeOf } of requestRules(context)) {
    const backends = rule.backendRefs ?? [];
    if (backends.length > 0 && backends.every(({ weight }) => weight === 0))
      return {
        text: `every backend of a rule of ${titleOf(route)} has weight 0, so the answer is 500`,
        place: placeOf("backendRefs"),
        fix: "a weight above 0 for one of them",
      };
    for (const [i, { name, namespace = route.$.namespace, port }] of backends.entries()) {
      const service = context.services.find((candidate) => serviceKey(candidate) === `${namespace}/${name}`);
      const ports = service?.ports.map(({ number }) => number) ?? [];
      if (!service || port === undefined || ports.includes(port)) continue;
      return {
        text: `${serviceTitle(service)} has no port ${port}; it has: ${ports.join(", ")}`,
        place: placeOf("backendRefs", i),
        fix: `port: ${ports[0]}`,
      };
    }
  }
  return undefined;
};

/** The timeout of a rule that ended a request, or that it lacks. */
const ruleTimeout: Mistake = (context) => {
  const isEnded = endedWith(context, 504);
  if (isEnded === expectsTimeout(context)) return undefined;
  const concerned = requestRules(context).find(({ rule }) => (rule.timeouts !== undefined) === isEnded);
  if (!concerned) return undefined;
  const { route, rule, placeOf } = concerned;
  return isEnded
    ? {
        text: `a rule of ${titleOf(route)} has timeouts: ${labelText(rule.timeouts ?? {})}`,
        place: placeOf("timeouts"),
      }
    : {
        text: `a rule of ${titleOf(route)} has no timeouts, and Istio has none by default`,
        place: placeOf(),
        fix: "timeouts: { request: 1s }",
      };
};

/** A header that is added to the one which the caller sent. */
const addedHeader: Mistake = (context) => {
  const { requestHeaders = {} } = context.testCase.expect;
  const arrival = arrivalOf(context.observation);
  for (const { route, filter, place } of filtersForHost(context)) {
    const added = filter.requestHeaderModifier?.add?.find(({ name }) => {
      const [wanted, arrived] = [requestHeaders[name.toLowerCase()], arrival?.headers[name.toLowerCase()]];
      return wanted !== undefined && arrived !== undefined && arrived !== wanted && arrived.includes(",");
    });
    if (added)
      return {
        text: `add of ${titleOf(route)} puts ${added.name} beside the value that the caller sent`,
        place,
        fix: "set, which replaces it",
      };
  }
  return undefined;
};

/** A port in the target of a redirect. */
const redirectPort: Mistake = (context) => {
  if (context.testCase.expect.location === undefined) return undefined;
  const redirecting = requestRules(context).find(({ rule }) =>
    rule.filters?.some(({ requestRedirect }) => requestRedirect?.port),
  );
  return (
    redirecting && {
      text: `requestRedirect of ${titleOf(redirecting.route)} has a port, which becomes part of the location`,
      place: redirecting.placeOf("filters"),
    }
  );
};

/** Items of matches with conditions of different kinds, where one item was meant. */
const alternatives: Mistake = (context) => {
  const { by, requestHeaders, status } = context.testCase.expect;
  if (!by && !requestHeaders && !status) return undefined;
  const mixed = requestRules(context).find(({ rule: { matches = [] } }) => {
    const kinds = matches.map((match) => Object.keys(match).sort().join());
    return new Set(kinds).size > 1;
  });
  return (
    mixed && {
      text: `the ${mixed.rule.matches?.length} items of matches of ${titleOf(mixed.route)} are alternatives: one is enough`,
      place: mixed.placeOf("matches"),
      fix: "put conditions that must all hold into one item",
    }
  );
};

/** Two listeners of one port with protocols that cannot share it. */
const listenerConflict: Mistake = (context) => {
  if (!endedWith(context, "tls-error", "reset", "refused")) return undefined;
  for (const gateway of context.objects.filter(isApiGateway)) {
    const listeners = listenersOf(gateway);
    const index = listeners.findIndex(({ port, protocol }, i) =>
      listeners.slice(0, i).some((earlier) => earlier.port === port && earlier.protocol !== protocol),
    );
    const listener = listeners[index];
    const first = listeners.find(({ port }) => port === listener?.port);
    if (!listener || !first) continue;
    return {
      text: `listener ${listener.name} (${listener.protocol}) of ${titleOf(gateway)} has the port ${listener.port} of listener ${first.name} (${first.protocol}), and a port has one protocol`,
      place: gateway.$.placeOf(["spec", "listeners", index]),
      fix: "a port of its own for each protocol",
    };
  }
  return undefined;
};

export const mistakesOfApiSettings: readonly Mistake[] = [
  noBackend,
  ruleTimeout,
  addedHeader,
  redirectPort,
  alternatives,
  listenerConflict,
];
