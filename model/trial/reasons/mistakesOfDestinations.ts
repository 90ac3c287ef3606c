import { answeredBy, resultOf } from "../observation";
import { istioHost, matchesHost } from "../services";
import { type Context, ofKind, sentTo, titled } from "./context";
import type { Mistake } from "./mistake";
import { httpRoutes, takenRoutes } from "./routes";

const flagged = ({ seen }: Context, flag: string): boolean => seen.log.some(({ flags }) => flags.includes(flag));

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

/** Names of the gRPC statuses that `retryOn` knows. */
const grpcNames: Readonly<Record<number, string>> = {
  1: "cancelled",
  4: "deadline-exceeded",
  8: "resource-exhausted",
  13: "internal",
  14: "unavailable",
};

/** Retries that a case did not expect: Istio retries twice unless a route says otherwise. */
const retriesByDefault: Mistake = (context) => {
  const { one, seen } = context;
  const attempts = seen.arrivals.filter(({ shadow }) => !shadow).length;
  if (one.expect.attempts === undefined || one.expect.attempts === attempts) return undefined;
  const [taken] = takenRoutes(context);
  const grpc = seen.answer.grpcStatus;
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
        text: `the route retries on ${retries.retryOn ?? "connect-failure,refused-stream,unavailable,cancelled"} only, and ${grpc === undefined ? `the answer ${resultOf(seen)}` : `the gRPC status ${grpc}`} is none of these`,
        place: taken.object.$.placeOf(["spec", "http", taken.index, "retries"]),
        fix: grpc === undefined ? "retryOn: 5xx, or the very status" : `retryOn: ${grpcNames[grpc] ?? "unavailable"}`,
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
  faultBeforeRetry,
  retriesByDefault,
  timedOut,
  stickyOverWeights,
  mirrorShare,
];
