import { destinationRulesFor } from "../../manifests/hosts";
import type { UserObject } from "../../manifests/objects";
import { titleOf } from "../../manifests/objects";
import { serviceKey } from "../../manifests/services";
import { type Context, hasFlag, sentTo, serviceSentTo } from "../context";
import { policyOf } from "../trafficPolicies";
import type { Mistake } from "./mistake";

/** DestinationRules for the host that a request was sent to, if the case expects their effect and its response flag is absent. */
function rulesWithoutEffect(context: Context, flag: string): UserObject[] {
  const { expect } = context.testCase;
  const target = sentTo(context);
  const isWanted = expect.share !== undefined || expect.status?.includes(503) || expect.reached !== undefined;
  if (!target || !isWanted || hasFlag(context, flag)) return [];
  return destinationRulesFor(target.host, context.objects);
}

/** A limit of connections that refuses nothing. */
const waitsInsteadOfRefusing: Mistake = (context) => {
  for (const rule of rulesWithoutEffect(context, "UO")) {
    const { http = {}, tcp = {} } = policyOf(rule).connectionPool ?? {};
    if (!tcp.maxConnections || http.http1MaxPendingRequests || http.http2MaxRequests) continue;
    return {
      text: `${titleOf(rule)} limits connections to ${tcp.maxConnections}, and requests beyond them wait: without http1MaxPendingRequests none is refused`,
      place: rule.$.placeOf(["spec", "trafficPolicy", "connectionPool"]),
      fix: "http: { http1MaxPendingRequests: 1 }",
    };
  }
  return undefined;
};

/** Thresholds after which a pod is ejected, and the default of each. */
const thresholds = { consecutive5xxErrors: 5, consecutiveGatewayErrors: 0 } as const;

/** Limit of an outlier detection that keeps pods in use although they failed often enough, as the end of a sentence. */
function limitOfEjection(detection: Readonly<Record<string, number>>, pods: number): string | undefined {
  const { maxEjectionPercent = 10, minHealthPercent = 0 } = detection;
  const most = Math.floor((pods * maxEjectionPercent) / 100);
  if (pods > 0 && most < pods)
    return `ejects at most ${maxEjectionPercent} % of the pods, and that of ${pods} is ${most === 0 ? "none" : most}`;
  if (minHealthPercent > 0)
    return `ejects pods, but sends to all of them again while fewer than ${minHealthPercent} % are healthy`;
  return undefined;
}

/** An outlier detection that ejects no pod. */
const ejectsLater: Mistake = (context) => {
  for (const rule of rulesWithoutEffect(context, "UH")) {
    const detection = policyOf(rule).outlierDetection;
    if (!detection) continue;
    const place = rule.$.placeOf(["spec", "trafficPolicy", "outlierDetection"]);
    const shown = Object.entries(thresholds)
      .map(([key, preset]) => [key, detection[key] ?? preset] as const)
      .filter(([, count]) => count > 0);
    const isReached = shown.some(([, count]) => count <= context.testCase.times);
    const service = serviceSentTo(context);
    const pods = context.standIns
      .filter(({ services }) => service && services.includes(serviceKey(service)))
      .reduce((sum, { replicas }) => sum + replicas, 0);
    const limit = isReached ? limitOfEjection(detection, pods) : undefined;
    if (limit) {
      const fix = limit.includes("at most") ? "maxEjectionPercent: 100" : "minHealthPercent: 0";
      return { text: `${titleOf(rule)} ${limit}`, place, fix };
    }
    const failure = Object.values(context.testCase.given).find((behaviour) => behaviour.status)?.status;
    const countsGatewayErrors = detection["consecutiveGatewayErrors"] && !detection["consecutive5xxErrors"];
    if (countsGatewayErrors && failure && ![502, 503, 504].includes(failure))
      return {
        text: `${titleOf(rule)} counts gateway errors only (502, 503, 504), and the pod answers ${failure}`,
        place,
        fix: `consecutive5xxErrors: ${detection["consecutiveGatewayErrors"]}`,
      };
    const counts = shown.map(([key, count]) => `${key}: ${count}`).join(" or ");
    return {
      text: `${titleOf(rule)} ejects a pod after as many failures in a row as ${counts} says, and at most ${detection["maxEjectionPercent"] ?? 10} % of the pods`,
      place,
    };
  }
  return undefined;
};

export const mistakesOfBreakers: readonly Mistake[] = [waitsInsteadOfRefusing, ejectsLater];
