import { isApiGateway } from "../../manifests/gateways";
import { serviceKey } from "../../manifests/services";
import { arrivalOf, resultOf } from "../../requests/observation";
import { hasHost, listenersOf, routesOf, rulesOf } from "../apiRoutes";
import { type Context, hostOf, objectTitle } from "../context";
import type { Mistake } from "./mistake";

/** Rules of the routes for the request's host, with their paths. */
const rulesFor = (context: Context) =>
  routesOf(context)
    .filter((route) => hasHost(route, hostOf(context)))
    .flatMap((route) => rulesOf(route).map((rule, i) => ({ route, rule, path: ["spec", "rules", i] })));

/** Backends that get no request, or that have no such port; a gateway answers 500 for them. */
const noBackend: Mistake = (context) => {
  if (resultOf(context.observation) !== 500) return undefined;
  for (const { route, rule, path } of rulesFor(context)) {
    const backends = rule.backendRefs ?? [];
    if (backends.length > 0 && backends.every(({ weight }) => weight === 0))
      return {
        text: `every backend of a rule of ${objectTitle(route)} has weight 0, so the answer is 500`,
        place: route.$.placeOf([...path, "backendRefs"]),
        fix: "a weight above 0 for one of them",
      };
    for (const [j, { name, namespace = route.$.namespace, port }] of backends.entries()) {
      const service = context.services.find((candidate) => serviceKey(candidate) === `${namespace}/${name}`);
      const ports = service?.ports.map(({ number }) => number) ?? [];
      if (!service || port === undefined || ports.includes(port)) continue;
      return {
        text: `Service ${serviceKey(service)} has no port ${port}; it has: ${ports.join(", ")}`,
        place: route.$.placeOf([...path, "backendRefs", j]),
        fix: `port: ${ports[0]}`,
      };
    }
  }
  return undefined;
};

/** The timeout of a rule that ended a request, or that it lacks. */
const ruleTimeout: Mistake = (context) => {
  const { expect } = context.testCase;
  const isEnded = resultOf(context.observation) === 504;
  const isWanted = expect.status?.includes(504) || (expect.seconds?.startsWith("<") ?? false);
  if (isEnded === isWanted) return undefined;
  const matching = rulesFor(context).find(({ rule }) => (rule.timeouts !== undefined) === isEnded);
  if (!matching) return undefined;
  const { route, rule, path } = matching;
  const shown = Object.entries(rule.timeouts ?? {}).map(([key, value]) => `${key}: ${value}`);
  return isEnded
    ? {
        text: `a rule of ${objectTitle(route)} has timeouts: ${shown.join(", ")}`,
        place: route.$.placeOf([...path, "timeouts"]),
      }
    : {
        text: `a rule of ${objectTitle(route)} has no timeouts, and Istio has none by default`,
        place: route.$.placeOf(path),
        fix: "timeouts: { request: 1s }",
      };
};

/** A header that is added to the one which the caller sent. */
const addedHeader: Mistake = (context) => {
  const { requestHeaders = {} } = context.testCase.expect;
  const arrival = arrivalOf(context.observation);
  for (const { route, rule, path } of rulesFor(context))
    for (const [j, { requestHeaderModifier }] of (rule.filters ?? []).entries()) {
      const added = requestHeaderModifier?.add?.find(({ name }) => {
        const [wanted, arrived] = [requestHeaders[name.toLowerCase()], arrival?.headers[name.toLowerCase()]];
        return wanted !== undefined && arrived !== undefined && arrived !== wanted && arrived.includes(",");
      });
      if (added)
        return {
          text: `add of ${objectTitle(route)} puts ${added.name} beside the value that the caller sent`,
          place: route.$.placeOf([...path, "filters", j]),
          fix: "set, which replaces it",
        };
    }
  return undefined;
};

/** A port in the target of a redirect. */
const redirectPort: Mistake = (context) => {
  if (context.testCase.expect.location === undefined) return undefined;
  const matching = rulesFor(context).find(({ rule }) =>
    rule.filters?.some(({ requestRedirect }) => requestRedirect?.port),
  );
  return (
    matching && {
      text: `requestRedirect of ${objectTitle(matching.route)} has a port, which becomes part of the location`,
      place: matching.route.$.placeOf([...matching.path, "filters"]),
    }
  );
};

/** Items of matches with conditions of different kinds, where one item was meant. */
const alternatives: Mistake = (context) => {
  const { by, requestHeaders, status } = context.testCase.expect;
  if (!by && !requestHeaders && !status) return undefined;
  const matching = rulesFor(context).find(({ rule: { matches = [] } }) => {
    const kinds = matches.map((match) => Object.keys(match).sort().join());
    return new Set(kinds).size > 1;
  });
  return (
    matching && {
      text: `the ${matching.rule.matches?.length} items of matches of ${objectTitle(matching.route)} are alternatives: one is enough`,
      place: matching.route.$.placeOf([...matching.path, "matches"]),
      fix: "put conditions that must all hold into one item",
    }
  );
};

/** Two listeners of one port with protocols that cannot share it. */
const listenerConflict: Mistake = (context) => {
  if (!["tls-error", "reset", "refused"].includes(String(resultOf(context.observation)))) return undefined;
  for (const gateway of context.objects.filter(isApiGateway)) {
    const listeners = listenersOf(gateway);
    const index = listeners.findIndex(({ port, protocol }, i) =>
      listeners.slice(0, i).some((candidate) => candidate.port === port && candidate.protocol !== protocol),
    );
    const listener = listeners[index];
    const other = listeners.find(({ port }) => port === listener?.port);
    if (!listener || !other) continue;
    return {
      text: `listener ${listener.name} (${listener.protocol}) of ${objectTitle(gateway)} has the port ${listener.port} of listener ${other.name} (${other.protocol}), and a port has one protocol`,
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
