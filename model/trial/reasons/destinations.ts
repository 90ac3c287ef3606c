import { valueAt } from "../../json";
import { listed } from "../../output/text";
import { destinationRulesFor } from "../manifests/hosts";
import { labelText } from "../manifests/labels";
import { titleOf } from "../manifests/objects";
import { serviceByFqdn, serviceKey, serviceTitle } from "../manifests/services";
import type { Reason } from "../report/result";
import { resultOf } from "../requests/observation";
import { type Context, hasFlag, sentTo } from "./context";
import { destinationsOf } from "./httpRoutes";
import { takenRoutes } from "./routes";
import { subsetsOf } from "./trafficPolicies";

/** Reasons for a cluster without pods: no pod has the labels of the subset, or those that the Service selects. */
function emptyCluster(
  { objects, services, standIns }: Context,
  { host, subset }: { host: string; subset: string },
): Reason[] {
  const service = serviceByFqdn(host, services);
  const pods = standIns.filter((standIn) => service && standIn.services.includes(serviceKey(service)));
  for (const rule of destinationRulesFor(host, objects)) {
    const index = subsetsOf(rule).findIndex(({ name }) => name === subset);
    if (index < 0) continue;
    const wanted = subsetsOf(rule)[index]?.labels ?? {};
    const present = pods.map(({ labels }) =>
      labelText(Object.fromEntries(Object.keys(wanted).map((key) => [key, labels[key] ?? "absent"]))),
    );
    return [
      {
        text: `no pod of ${host} has the labels of subset ${subset} (${labelText(wanted)}); there are: ${listed(new Set(present), "; ")}`,
        place: rule.$.placeOf(["spec", "subsets", index]),
        fix: "give the subset labels that pods have",
      },
    ];
  }
  return service && pods.length === 0 ? [{ text: `no pod has the labels that ${serviceTitle(service)} selects` }] : [];
}

const limits = /"(maxConnections|http1MaxPendingRequests|http2MaxRequests|maxRequestsPerConnection|maxRetries)":\d+/g;

/** Reasons from the setting of DestinationRules that refused a request. */
function refusingSetting({ objects }: Context, host: string, key: "connectionPool" | "outlierDetection"): Reason[] {
  return destinationRulesFor(host, objects).flatMap((rule): Reason[] => {
    const paths = [
      ["spec", "trafficPolicy", key],
      ...subsetsOf(rule).map((_, i) => ["spec", "subsets", i, "trafficPolicy", key]),
    ];
    const path = paths.find((candidate) => valueAt(rule, candidate) !== undefined);
    if (!path) return [];
    const shown = [...JSON.stringify(rule.spec).matchAll(limits)]
      .map(([text]) => text.replaceAll('"', "").replace(":", ": "))
      .join(", ");
    const effect =
      key === "connectionPool" ? `limits connections and waiting requests (${shown})` : "ejects pods that fail";
    return [{ text: `${titleOf(rule)} ${effect}`, place: rule.$.placeOf(path) }];
  });
}

/** Reasons for destinations of the taken routes with a port that their Service does not have, or without a port. */
function wrongPorts(context: Context): Reason[] {
  const destinations = takenRoutes(context).flatMap(({ object, index }) =>
    destinationsOf(object).filter((candidate) => candidate.index === index),
  );
  return destinations.flatMap(({ destination: { host, port }, fqdn, place }): Reason[] => {
    const service = serviceByFqdn(fqdn, context.services);
    if (!service) return [];
    const ports = service.ports.map(({ number }) => number);
    if (port?.number !== undefined && !ports.includes(port.number))
      return [{ text: `${serviceTitle(service)} has no port ${port.number}; it has: ${ports.join(", ")}`, place }];
    if (port !== undefined || ports.length < 2) return [];
    return [
      {
        text: `${serviceTitle(service)} has several ports (${ports.join(", ")}), so the destination must say which`,
        place,
        fix: `destination: { host: ${host}, port: { number: ${ports[0]} } }`,
      },
    ];
  });
}

/** Reasons from the cluster that a request was sent to, or that does not exist. */
export function destinationReasons(context: Context): Reason[] {
  const cluster = sentTo(context);
  const isServerError = Number(resultOf(context.observation)) >= 500;
  return [
    ...(cluster && hasFlag(context, "UH")
      ? [...emptyCluster(context, cluster), ...refusingSetting(context, cluster.host, "outlierDetection")]
      : []),
    ...(cluster && hasFlag(context, "UO") ? refusingSetting(context, cluster.host, "connectionPool") : []),
    ...(isServerError && hasFlag(context, "NC") ? wrongPorts(context) : []),
  ];
}
