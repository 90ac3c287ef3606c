import { meshNamespace } from "../../names";
import { answeredBy, resultOf } from "../observation";
import { fqdnOf, istioHost, matchesHost } from "../services";
import { type Context, calledService, ofKind, sentTo, titled } from "./context";
import type { Mistake } from "./mistake";
import { httpRoutes, routesForHost, takenRoutes } from "./routes";

const flagged = ({ seen }: Context, flag: string): boolean => seen.log.some(({ flags }) => flags.includes(flag));

/** A subset that no DestinationRule defines, or that one in a namespace without effect does. */
const subsetWithoutRule: Mistake = (context) => {
  if (!flagged(context, "NC")) return undefined;
  const rules = ofKind(context.objects, "DestinationRule");
  for (const route of new Set([...routesForHost(context), ...takenRoutes(context).map(({ object }) => object)]))
    for (const [i, { route: targets = [] }] of httpRoutes(route).entries())
      for (const [j, { destination: { host = "", subset } = {} }] of targets.entries()) {
        if (!subset) continue;
        const full = istioHost(host, route.$.namespace);
        const owner = full.split(".")[1] ?? "";
        const has = (one: (typeof rules)[number]) =>
          ((one.spec?.subsets ?? []) as { name: string }[]).some(({ name }) => name === subset);
        const matching = rules.filter(({ spec, $ }) => matchesHost(istioHost(String(spec?.host), $.namespace), full));
        const defining = matching.find(has);
        const place = route.$.placeOf(["spec", "http", i, "route", j, "destination"]);
        const misnamed = defining ? undefined : rules.find(has);
        if (misnamed)
          return {
            text: `${titled(misnamed)} defines subset ${subset} for the host ${istioHost(String(misnamed.spec?.host), misnamed.$.namespace)}, and the route leads to ${full}`,
            place: misnamed.$.placeOf(["spec", "host"]),
            fix: `host: ${full}`,
          };
        if (!defining)
          return {
            text: `no DestinationRule for ${full} has the subset ${subset}`,
            place,
            fix: "add the subset, or name one that exists",
          };
        if (![owner, meshNamespace, context.caller.namespace].includes(defining.$.namespace))
          return {
            text: `${titled(defining)} is in neither the caller's nor the Service's namespace (${owner}), so the caller does not find it`,
            place: defining.$.placeOf(["metadata", "namespace"]),
            fix: `move it to namespace ${owner}`,
          };
      }
  return undefined;
};

/** A rule of the caller's own namespace that hides another one whole. */
const hiddenRule: Mistake = (context) => {
  const service = calledService(context);
  if (!service) return undefined;
  const rules = ofKind(context.objects, "DestinationRule").filter(({ spec, $ }) =>
    matchesHost(istioHost(String(spec?.host), $.namespace), fqdnOf(service)),
  );
  const order = [context.caller.namespace, service.namespace, meshNamespace];
  const first = order.map((namespace) => rules.find(({ $ }) => $.namespace === namespace)).find(Boolean);
  const other = rules.find((rule) => rule !== first && rule.$.namespace !== first?.$.namespace);
  return first && other
    ? {
        text: `${titled(first)} is used, and ${titled(other)} is not: only the rule of the first namespace that has one counts (the caller's, the Service's, ${meshNamespace}), and rules are not merged`,
        place: other.$.place,
        fix: `put what is needed into ${titled(first)}`,
      }
    : undefined;
};

const faultBeforeRetry: Mistake = (context) => {
  if (!flagged(context, "FI") && !flagged(context, "DI")) return undefined;
  for (const { object, index } of takenRoutes(context)) {
    const { fault, timeout, retries } = httpRoutes(object)[index] as {
      fault?: object;
      timeout?: string;
      retries?: object;
    };
    if (!fault || !(timeout || retries)) continue;
    return {
      text: "a fault acts in the caller's proxy before timeout and retries of the same route, which never see it (istio/istio#13705)",
      place: object.$.placeOf(["spec", "http", index, "fault"]),
      fix: "let the stand-in misbehave instead: given: { SERVICE: { delay: 3s } }",
    };
  }
  return undefined;
};

/** Retries that a case did not expect: Istio retries twice unless a route says otherwise. */
const retriesByDefault: Mistake = (context) => {
  const { one, seen } = context;
  const attempts = seen.arrivals.filter(({ shadow }) => !shadow).length;
  if (one.expect.attempts === undefined || one.expect.attempts === attempts) return undefined;
  const [taken] = takenRoutes(context);
  const retries =
    taken && (httpRoutes(taken.object)[taken.index] as { retries?: { attempts?: number; retryOn?: string } }).retries;
  if (attempts > 1)
    return retries
      ? {
          text: `retries: attempts: ${retries.attempts ?? 2} of the route`,
          place: taken.object.$.placeOf(["spec", "http", taken.index, "retries"]),
        }
      : {
          text: "Istio retries a failed request twice unless its route says otherwise",
          ...(taken && { place: taken.object.$.placeOf(["spec", "http", taken.index]) }),
          fix: "retries: { attempts: 0 } in the route",
        };
  return retries && attempts === 1
    ? {
        text: `the route retries on ${retries.retryOn ?? "connect-failure,refused-stream,unavailable,cancelled"} only, and the answer ${resultOf(seen)} is none of these`,
        place: taken.object.$.placeOf(["spec", "http", taken.index, "retries"]),
        fix: "retryOn: 5xx, or the very status",
      }
    : undefined;
};

/** The timeout that ended a request, by its line. */
const timedOut: Mistake = (context) => {
  if (!flagged(context, "UT") && resultOf(context.seen) !== 504) return undefined;
  for (const { object, index } of takenRoutes(context)) {
    const { timeout, retries } = httpRoutes(object)[index] as {
      timeout?: string;
      retries?: { attempts?: number; perTryTimeout?: string };
    };
    if (!timeout && !retries?.perTryTimeout) continue;
    const parts = [
      timeout && `timeout: ${timeout}`,
      retries?.perTryTimeout && `perTryTimeout: ${retries.perTryTimeout} with ${retries.attempts ?? 2} retries`,
    ];
    return {
      text: `the route has ${parts.filter(Boolean).join(" and ")}`,
      place: object.$.placeOf(["spec", "http", index, timeout ? "timeout" : "retries"]),
    };
  }
  return undefined;
};

/** Requests with one hash that several subsets share by weight. */
const stickyOverWeights: Mistake = (context) => {
  if (!context.one.expect.sameWorkload || !answeredBy(context.seen)) return undefined;
  const target = sentTo(context);
  for (const { object, index } of takenRoutes(context)) {
    const targets = httpRoutes(object)[index]?.route ?? [];
    if (targets.length > 1)
      return {
        text: `${titled(object)} splits by weight before a pod is chosen by hash, so one user meets several subsets`,
        place: object.$.placeOf(["spec", "http", index, "route"]),
        fix: "match users by a header or a cookie instead of by weight",
      };
  }
  const hashes = ofKind(context.objects, "DestinationRule").find(
    ({ spec, $ }) => target && matchesHost(istioHost(String(spec?.host), $.namespace), target.host),
  );
  return (
    hashes && {
      text: `${titled(hashes)} is the rule for ${target?.host}`,
      place: hashes.$.placeOf(["spec", "trafficPolicy"]),
    }
  );
};

/** A mirror that gets no copy, or only some. */
const mirrorShare: Mistake = (context) => {
  if (!context.one.expect.mirrored) return undefined;
  for (const { object, index } of takenRoutes(context)) {
    const { mirror, mirrors, mirrorPercentage } = httpRoutes(object)[index] as {
      mirror?: object;
      mirrors?: object[];
      mirrorPercentage?: { value?: number };
    };
    if (!mirror && !mirrors)
      return { text: "the route that was taken has no mirror", place: object.$.placeOf(["spec", "http", index]) };
    if (mirrorPercentage)
      return {
        text: `mirrorPercentage: ${mirrorPercentage.value ?? 0} copies that share of the requests`,
        place: object.$.placeOf(["spec", "http", index, "mirrorPercentage"]),
      };
  }
  return undefined;
};

export const mistakesOfDestinations: readonly Mistake[] = [
  subsetWithoutRule,
  hiddenRule,
  faultBeforeRetry,
  retriesByDefault,
  timedOut,
  stickyOverWeights,
  mirrorShare,
];
