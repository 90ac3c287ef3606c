import type { UserObject } from "../manifests/objects";
import { titleOf } from "../manifests/objects";
import { matchesHost } from "../manifests/services";
import type { Reason } from "../report/result";
import { urlParts } from "../requests/urls";
import { type Context, calledService, hostOf } from "./context";
import { type CallerMatch, unmetByCaller } from "./httpMatch";
import type { RouteKind } from "./httpRoutes";
import { appliesAtEntrance, virtualServicesForHost } from "./routes";

/** Conditions of one `match` of a tcp or tls route. */
interface StreamMatch extends CallerMatch {
  readonly port?: number;
  readonly sniHosts?: readonly string[];
  readonly gateways?: readonly string[];
}

/** A tcp or tls route of a VirtualService. */
interface StreamRoute {
  readonly match?: readonly StreamMatch[];
}

type StreamKind = Exclude<RouteKind, "http">;
export const streamRoutes = ({ spec }: UserObject, kind: StreamKind): readonly StreamRoute[] =>
  (spec?.[kind] ?? []) as StreamRoute[];

/** Conditions of a match that a connection does not meet, in words. */
function unmet(match: StreamMatch, context: Context): string[] {
  const { caller, testCase } = context;
  const { port } = urlParts(testCase.request.url);
  const sni = testCase.request.sni ?? hostOf(context);
  const unmetParts: string[] = [];
  if (match.port !== undefined && match.port !== port) {
    const isTarget = calledService(context)?.ports.some(
      ({ number, target }) => number === port && target === match.port,
    );
    unmetParts.push(
      `port ${port} is not ${match.port}${isTarget ? ", which is the pod's port: a match counts the Service's" : ""}`,
    );
  }
  if (match.sniHosts && !match.sniHosts.some((pattern) => matchesHost(pattern, sni)))
    unmetParts.push(`SNI ${sni} is not ${match.sniHosts.join(" or ")}`);
  return [...unmetParts, ...unmetByCaller(match, caller)];
}

/**
 * Conditions that the connection does not meet, one text for each match of the route. Empty if it meets a match: a route
 * without `match` matches every connection.
 */
const streamUnmet = ({ match = [{}] }: StreamRoute, context: Context): string[] => {
  const unmetByMatch = match.map((condition) => unmet(condition, context));
  return unmetByMatch.some((conditions) => conditions.length === 0)
    ? []
    : unmetByMatch.map((conditions) => conditions.join(" and "));
};

/** Reasons from the text of tcp and tls routes, which proxies do not name in their logs. */
export function streamReasons(context: Context): Reason[] {
  const kinds: readonly StreamKind[] = ["tcp", "tls"];
  const bound = virtualServicesForHost(context).filter((object) => appliesAtEntrance(object, context));
  return bound.flatMap((object) =>
    kinds.flatMap((kind) => {
      let isTaken = false;
      return streamRoutes(object, kind).map((route, i): Reason => {
        const conditions = streamUnmet(route, context);
        const title = `${kind} route ${i + 1} of ${titleOf(object)}`;
        const place = object.$.placeOf(["spec", kind, i]);
        if (conditions.length > 0) return { text: `${title} does not match: ${conditions.join("; or ")}`, place };
        if (isTaken) return { text: `${title} matches too, but the first route that matches is used`, place };
        isTaken = true;
        return { text: `${title} matches by what its text says`, place };
      });
    }),
  );
}
