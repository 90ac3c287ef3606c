import type { UserObject } from "../objects";
import { istioHost, matchesHost } from "../services";
import { type Context, ofKind, sentTo, titled } from "./context";
import type { Mistake } from "./mistake";

/** DestinationRules for the host that a request was sent to, if the case expects 503 and the flag of it is absent. */
function rulesWithoutEffect(context: Context, flag: string): UserObject[] {
  const { expect } = context.one;
  const target = sentTo(context);
  const isWanted = expect.share !== undefined || expect.status?.includes(503) || expect.reached !== undefined;
  if (!target || !isWanted || context.seen.log.some(({ flags }) => flags.includes(flag))) return [];
  return ofKind(context.objects, "DestinationRule").filter(({ spec, $ }) =>
    matchesHost(istioHost(String(spec?.host), $.namespace), target.host),
  );
}

/** A limit of connections that refuses nothing. */
const waitsInsteadOfRefusing: Mistake = (context) => {
  for (const rule of rulesWithoutEffect(context, "UO")) {
    const { http = {}, tcp = {} } = rule.spec?.trafficPolicy?.connectionPool ?? {};
    if (!tcp.maxConnections || http.http1MaxPendingRequests || http.http2MaxRequests) continue;
    return {
      text: `${titled(rule)} limits connections to ${tcp.maxConnections}, and requests beyond them wait: without http1MaxPendingRequests none is refused`,
      place: rule.$.placeOf(["spec", "trafficPolicy", "connectionPool"]),
      fix: "http: { http1MaxPendingRequests: 1 }",
    };
  }
  return undefined;
};

/** Thresholds after which a pod is ejected, and the default of each. */
const thresholds = { consecutive5xxErrors: 5, consecutiveGatewayErrors: 0 } as const;

/** An outlier detection that ejects no pod. */
const ejectsLater: Mistake = (context) => {
  for (const rule of rulesWithoutEffect(context, "UH")) {
    const detection = rule.spec?.trafficPolicy?.outlierDetection as Readonly<Record<string, number>> | undefined;
    if (!detection) continue;
    const shown = Object.entries(thresholds)
      .map(([key, preset]) => [key, detection[key] ?? preset] as const)
      .filter(([, count]) => count > 0)
      .map(([key, count]) => `${key}: ${count}`);
    return {
      text: `${titled(rule)} ejects a pod after as many failures in a row as ${shown.join(" or ")} says, and at most ${detection["maxEjectionPercent"] ?? 10} % of the pods`,
      place: rule.$.placeOf(["spec", "trafficPolicy", "outlierDetection"]),
    };
  }
  return undefined;
};

export const mistakesOfBreakers: readonly Mistake[] = [waitsInsteadOfRefusing, ejectsLater];
