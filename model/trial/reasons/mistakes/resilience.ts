import { answeredBy, resultOf } from "../../requests/observation";
import { type Context, hasFlag } from "../context";
import { httpRoutes, takenRoutes } from "../routes";
import type { Mistake } from "./mistake";

/** Settings of an http route that bound how long and how often a request is tried. */
interface Resilience {
  readonly fault?: {
    readonly abort?: { readonly httpStatus?: number; readonly percentage?: { readonly value?: number } };
    readonly delay?: { readonly percentage?: { readonly value?: number } };
  };
  readonly timeout?: string;
  readonly retries?: { readonly attempts?: number; readonly perTryTimeout?: string; readonly retryOn?: string };
}

/** The routes that the proxies took, with these settings. */
const taken = (context: Context) =>
  takenRoutes(context).map(({ object, index }) => ({
    ...((httpRoutes(object)[index] ?? {}) as Resilience),
    place: (...path: readonly string[]) => object.$.placeOf(["spec", "http", index, ...path]),
  }));

const faultBeforeRetry: Mistake = (context) => {
  if (!hasFlag(context, "FI") && !hasFlag(context, "DI")) return undefined;
  const faulty = taken(context).find(({ fault, timeout, retries }) => fault && (timeout ?? retries));
  return (
    faulty && {
      text: "a fault acts in the caller's proxy before timeout and retries of the same route, which never see it (istio/istio#13705)",
      place: faulty.place("fault"),
      fix: "let the stand-in misbehave instead: given: { SERVICE: { delay: 3s } }",
    }
  );
};

/** A fault that meets another share of the requests than the case expects. */
const faultShare: Mistake = (context) => {
  const { expect } = context.testCase;
  if (!expect.share && !expect.status && !expect.seconds) return undefined;
  for (const { fault, place } of taken(context)) {
    const kind = fault?.abort ? "abort" : "delay";
    const share = fault?.[kind];
    if (!share) continue;
    const value = share.percentage?.value;
    if (value === 100) continue;
    const wanted = expect.share?.[String(fault.abort?.httpStatus)] ?? 100;
    return {
      text:
        value === undefined
          ? `the fault's ${kind} has no percentage, so it meets every request`
          : `percentage of the fault's ${kind} is ${value}, which means ${value} of 100 requests`,
      place: place("fault", kind, ...(share.percentage ? ["percentage"] : [])),
      fix: `percentage: { value: ${wanted} }`,
    };
  }
  return undefined;
};

/** Names of the gRPC statuses that `retryOn` knows. */
const grpcNames: Readonly<Record<number, string>> = {
  1: "cancelled",
  4: "deadline-exceeded",
  8: "resource-exhausted",
  13: "internal",
  14: "unavailable",
};
const defaultRetryOn = "connect-failure,refused-stream,unavailable,cancelled,503";

/** True if `retryOn` covers an answer; connections that fail are left out. */
function retriesOn(retryOn: string, status: number | string, grpc: number | undefined): boolean {
  const conditions = retryOn.split(/ *, */);
  if (grpc !== undefined && grpc > 0) return conditions.includes(grpcNames[grpc] ?? "");
  if (typeof status !== "number") return true;
  return (
    conditions.includes(String(status)) ||
    (conditions.includes("5xx") && status >= 500) ||
    (conditions.includes("gateway-error") && status >= 502 && status <= 504) ||
    (conditions.includes("retriable-4xx") && status === 409)
  );
}

/** More or fewer tries than a case expects: Istio retries twice unless a route says otherwise. */
const retries: Mistake = (context) => {
  const { testCase, observation } = context;
  // a case that expects no arrival is about who answers, and not about tries
  if (testCase.expect.attempts === 0) return undefined;
  const attempts = observation.arrivals.filter(({ shadow }) => !shadow).length;
  if (testCase.expect.attempts === undefined || testCase.expect.attempts === attempts || attempts === 0)
    return undefined;
  const [route] = taken(context);
  const retryPolicy = route?.retries;
  if (attempts > 1)
    return retryPolicy
      ? { text: `the route has retries: attempts: ${retryPolicy.attempts ?? 2}`, place: route.place("retries") }
      : {
          text: "Istio retries a failed request twice unless its route says otherwise",
          ...(route && { place: route.place() }),
          fix: "retries: { attempts: 0 } in the route",
        };
  const grpc = observation.answer.grpcStatus;
  const status = resultOf(observation);
  const retryOn = retryPolicy?.retryOn ?? defaultRetryOn;
  if (!route || hasFlag(context, "UT") || retryPolicy?.attempts === 0 || retriesOn(retryOn, status, grpc))
    return route && retryPolicy?.attempts === 0
      ? { text: "the route has retries: attempts: 0, so it never retries", place: route.place("retries") }
      : undefined;
  return {
    text: `${retryPolicy ? "the route" : "a route without retries"} retries on ${retryOn} only, and ${grpc === undefined ? `the answer ${status}` : `the gRPC status ${grpc}`} is none of these`,
    place: route.place(...(retryPolicy ? ["retries"] : [])),
    fix: grpc === undefined ? "retryOn: 5xx, or the very status" : `retryOn: ${grpcNames[grpc] ?? "unavailable"}`,
  };
};

const seconds = (duration: string): number => {
  const [, value = "0", unit = "s"] = /^([\d.]+)(ms|s|m|h)$/.exec(duration) ?? [];
  return Number(value) * { ms: 0.001, s: 1, m: 60, h: 3600 }[unit as "ms" | "s" | "m" | "h"];
};

/** The timeout that ended a request, by its line. */
const timedOut: Mistake = (context) => {
  if (!hasFlag(context, "UT") && resultOf(context.observation) !== 504) return undefined;
  const limited = taken(context).find(({ timeout, retries: retryPolicy }) => timeout ?? retryPolicy?.perTryTimeout);
  if (!limited) return undefined;
  const { timeout, retries: { attempts = 2, perTryTimeout } = {}, place } = limited;
  if (timeout && perTryTimeout && seconds(timeout) < seconds(perTryTimeout) * (attempts + 1))
    return {
      text: `timeout: ${timeout} of the route ends all tries together, and ${attempts + 1} tries of perTryTimeout: ${perTryTimeout} need ${seconds(perTryTimeout) * (attempts + 1)}s`,
      place: place("timeout"),
      fix: "a timeout that is longer than all tries together",
    };
  if (timeout && !perTryTimeout && limited.retries && attempts > 0 && context.testCase.expect.attempts !== undefined)
    return {
      text: `retries of the route have no perTryTimeout, so the first try may last until timeout: ${timeout} ends the request`,
      place: place("retries"),
      fix: "perTryTimeout in retries, shorter than the timeout",
    };
  const parts = [
    timeout && `timeout: ${timeout}`,
    perTryTimeout && `perTryTimeout: ${perTryTimeout} with ${attempts} retries`,
  ];
  return {
    text: `the route has ${parts.filter(Boolean).join(" and ")}`,
    place: place(timeout ? "timeout" : "retries"),
  };
};

/** A request that waits, on a route without a timeout. */
const noTimeout: Mistake = (context) => {
  const { expect } = context.testCase;
  const wanted = expect.status?.includes(504) || (expect.seconds?.startsWith("<") ?? false);
  if (!wanted || hasFlag(context, "UT") || !answeredBy(context.observation)) return undefined;
  const [route] = taken(context);
  return route && !route.timeout && !route.retries?.perTryTimeout
    ? {
        text: "the route that was taken has no timeout, and Istio has none by default",
        place: route.place(),
        fix: "timeout: 1s in this route",
      }
    : undefined;
};

export const mistakesOfResilience: readonly Mistake[] = [faultBeforeRetry, faultShare, retries, timedOut, noTimeout];
