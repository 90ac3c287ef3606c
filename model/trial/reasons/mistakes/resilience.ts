import { milliseconds } from "../../../duration";
import { answeredBy, resultOf, triesOf } from "../../requests/observation";
import { endedWith, expectsTimeout, hasFlag } from "../context";
import { takenRoutes } from "../routes";
import type { Mistake } from "./mistake";

/** A fault of a route with a timeout or retries, which the fault ends before. */
const faultBeforeRetry: Mistake = (context) => {
  if (!hasFlag(context, "FI", "DI")) return undefined;
  const faulty = takenRoutes(context).find(({ route: { fault, timeout, retries } }) => fault && (timeout ?? retries));
  return (
    faulty && {
      text: "a fault acts in the caller's proxy before timeout and retries of the same route, which never see it (istio/istio#13705)",
      place: faulty.placeOf("fault"),
      fix: "let the stand-in misbehave instead: given: { SERVICE: { delay: 3s } }",
    }
  );
};

/** A fault that meets another share of the requests than the case expects. */
const faultShare: Mistake = (context) => {
  const { expect } = context.testCase;
  if (!expect.share && !expect.status && !expect.seconds) return undefined;
  for (const { route, placeOf } of takenRoutes(context)) {
    const { fault } = route;
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
      place: placeOf("fault", kind, ...(share.percentage ? ["percentage"] : [])),
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
/** https://istio.io/latest/docs/concepts/traffic-management/#retries */
const defaultRetryOn = "connect-failure,refused-stream,unavailable,cancelled,503";

/** True if `retryOn` covers an answer. Always true for a connection that failed. */
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
const tries: Mistake = (context) => {
  const { testCase, observation } = context;
  // a case that expects no arrival is about who answers, and not about tries
  if (testCase.expect.attempts === 0) return undefined;
  const attempts = triesOf(observation).length;
  if (testCase.expect.attempts === undefined || testCase.expect.attempts === attempts || attempts === 0)
    return undefined;
  const [taken] = takenRoutes(context);
  const retryPolicy = taken?.route.retries;
  if (attempts > 1)
    return retryPolicy
      ? { text: `the route has retries: attempts: ${retryPolicy.attempts ?? 2}`, place: taken.placeOf("retries") }
      : {
          text: "Istio retries a failed request twice unless its route says otherwise",
          ...(taken && { place: taken.placeOf() }),
          fix: "retries: { attempts: 0 } in the route",
        };
  if (!taken) return undefined;
  if (retryPolicy?.attempts === 0)
    return { text: "the route has retries: attempts: 0, so it never retries", place: taken.placeOf("retries") };
  const grpc = observation.answer.grpcStatus;
  const status = resultOf(observation);
  const retryOn = retryPolicy?.retryOn ?? defaultRetryOn;
  if (hasFlag(context, "UT") || retriesOn(retryOn, status, grpc)) return undefined;
  return {
    text: `${retryPolicy ? "the route" : "a route without retries"} retries on ${retryOn} only, and ${grpc === undefined ? `the answer ${status}` : `the gRPC status ${grpc}`} is none of these`,
    place: taken.placeOf(...(retryPolicy ? ["retries"] : [])),
    fix: grpc === undefined ? "retryOn: 5xx, or the very status" : `retryOn: ${grpcNames[grpc] ?? "unavailable"}`,
  };
};

/** The timeout that ended a request. */
const timedOut: Mistake = (context) => {
  if (!hasFlag(context, "UT") && !endedWith(context, 504)) return undefined;
  const limited = takenRoutes(context).find(({ route }) => route.timeout ?? route.retries?.perTryTimeout);
  if (!limited) return undefined;
  const { placeOf } = limited;
  const { timeout, retries } = limited.route;
  const { attempts = 2, perTryTimeout } = retries ?? {};
  const needed = perTryTimeout === undefined ? 0 : milliseconds(perTryTimeout) * (attempts + 1);
  if (timeout && perTryTimeout && milliseconds(timeout) < needed)
    return {
      text: `timeout: ${timeout} of the route ends all tries together, and ${attempts + 1} tries of perTryTimeout: ${perTryTimeout} need ${needed / 1000}s`,
      place: placeOf("timeout"),
      fix: "a timeout that is longer than all tries together",
    };
  const expectsAttempts = context.testCase.expect.attempts !== undefined;
  if (timeout && !perTryTimeout && retries && attempts > 0 && expectsAttempts)
    return {
      text: `retries of the route have no perTryTimeout, so the first try may last until timeout: ${timeout} ends the request`,
      place: placeOf("retries"),
      fix: "perTryTimeout in retries, shorter than the timeout",
    };
  const parts = [
    timeout && `timeout: ${timeout}`,
    perTryTimeout && `perTryTimeout: ${perTryTimeout} with ${attempts} retries`,
  ];
  return {
    text: `the route has ${parts.filter(Boolean).join(" and ")}`,
    place: placeOf(timeout ? "timeout" : "retries"),
  };
};

/** A request that waits, on a route without a timeout. */
const noTimeout: Mistake = (context) => {
  if (!expectsTimeout(context) || hasFlag(context, "UT") || !answeredBy(context.observation)) return undefined;
  const [taken] = takenRoutes(context);
  return taken && !taken.route.timeout && !taken.route.retries?.perTryTimeout
    ? {
        text: "the route that was taken has no timeout, and Istio has none by default",
        place: taken.placeOf(),
        fix: "timeout: 1s in this route",
      }
    : undefined;
};

export const mistakesOfResilience: readonly Mistake[] = [faultBeforeRetry, faultShare, tries, timedOut, noTimeout];
