import { rulesForHost } from "../manifests/hosts";
import { fqdnOf, istioHost } from "../manifests/services";
import type { Reason } from "../report/result";
import { resultOf } from "../requests/observation";
import { type Context, objectTitle, sentTo } from "./context";
import { httpRoutes, takenRoutes } from "./routes";

interface Subset {
  readonly name: string;
  readonly labels?: Readonly<Record<string, string>>;
}

/** Reasons for a subset that has no pod, or that a Service has none of. */
function emptyCluster(
  { objects, services, standIns }: Context,
  { host, subset }: { host: string; subset: string },
): Reason[] {
  const service = services.find((candidate) => fqdnOf(candidate) === host);
  const pods = standIns.filter(
    ({ services: serviceKeys }) => service && serviceKeys.includes(`${service.namespace}/${service.name}`),
  );
  for (const rule of rulesForHost(host, objects)) {
    const subsets = (rule.spec?.subsets ?? []) as Subset[];
    const index = subsets.findIndex(({ name }) => name === subset);
    const labels = subsets[index]?.labels ?? {};
    if (index < 0) continue;
    const shown = Object.entries(labels)
      .map(([key, value]) => `${key}: ${value}`)
      .join(", ");
    const have = pods.map(({ labels: podLabels }) =>
      Object.keys(labels)
        .map((key) => `${key}: ${podLabels[key] ?? "absent"}`)
        .join(", "),
    );
    return [
      {
        text: `no pod of ${host} has the labels of subset ${subset} (${shown}); there are: ${[...new Set(have)].join("; ") || "none"}`,
        place: rule.$.placeOf(["spec", "subsets", index]),
        fix: "give the subset labels that pods have",
      },
    ];
  }
  if (service && pods.length === 0)
    return [{ text: `no pod has the labels that Service ${service.namespace}/${service.name} selects` }];
  return [];
}

const limits = /"(maxConnections|http1MaxPendingRequests|http2MaxRequests|maxRequestsPerConnection|maxRetries)":\d+/g;

/** The line of connectionPool or outlierDetection that refused a request. */
function overflow({ objects }: Context, host: string, key: "connectionPool" | "outlierDetection"): Reason[] {
  return rulesForHost(host, objects).flatMap((rule): Reason[] => {
    const paths = [
      ["spec", "trafficPolicy", key],
      ...((rule.spec?.subsets ?? []) as object[]).map((_, i) => ["spec", "subsets", i, "trafficPolicy", key]),
    ];
    const path = paths.find(
      (parts) =>
        parts.reduce<unknown>((inner, part) => (inner as Record<string, unknown> | undefined)?.[part], rule) !==
        undefined,
    );
    if (!path) return [];
    const shown = [...JSON.stringify(rule.spec).matchAll(limits)]
      .map(([text]) => text.replaceAll('"', "").replace(":", ": "))
      .join(", ");
    const text =
      key === "connectionPool"
        ? `${objectTitle(rule)} limits connections and waiting requests (${shown})`
        : `${objectTitle(rule)} ejects pods that fail`;
    return [{ text, place: rule.$.placeOf(path) }];
  });
}

/** Port of a route's destination that its Service does not have. */
function missingPort(context: Context): Reason[] {
  return takenRoutes(context).flatMap(({ object, index }) =>
    (httpRoutes(object)[index]?.route ?? []).flatMap(({ destination = {} }, i): Reason[] => {
      const { host = "", port } = destination as { host?: string; port?: { number?: number } };
      const service = context.services.find((candidate) => fqdnOf(candidate) === istioHost(host, object.$.namespace));
      if (!service) return [];
      const ports = service.ports.map(({ number }) => number);
      const place = object.$.placeOf(["spec", "http", index, "route", i, "destination"]);
      if (port?.number !== undefined && !ports.includes(port.number))
        return [
          {
            text: `Service ${service.namespace}/${service.name} has no port ${port.number}; it has: ${ports.join(", ")}`,
            place,
          },
        ];
      if (port === undefined && ports.length > 1)
        return [
          {
            text: `Service ${service.namespace}/${service.name} has several ports (${ports.join(", ")}), so the destination must say which`,
            place,
            fix: `destination: { host: ${host}, port: { number: ${ports[0]} } }`,
          },
        ];
      return [];
    }),
  );
}

/** Reasons from the cluster that a request was sent to, or that does not exist. */
export function destinationReasons(context: Context): Reason[] {
  const flags = context.observation.log.flatMap(({ flags }) => flags);
  const cluster = sentTo(context);
  const failed = Number(resultOf(context.observation)) >= 500;
  return [
    ...(cluster && flags.includes("UH")
      ? [...emptyCluster(context, cluster), ...overflow(context, cluster.host, "outlierDetection")]
      : []),
    ...(cluster && flags.includes("UO") ? overflow(context, cluster.host, "connectionPool") : []),
    ...(failed && flags.includes("NC") ? missingPort(context) : []),
  ];
}
