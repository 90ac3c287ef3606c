import type { Case } from "./cases";
import type { UserObject } from "./objects";
import { type Observation, resultOf } from "./observation";
import type { Reason } from "./result";
import { urlParts } from "./send";
import { istioHost, matchesHost, serviceOf } from "./services";

/** Recognises one mistake that is known, in the manifests and in what was seen. */
type Hint = (one: Case, seen: Observation, objects: readonly UserObject[]) => Reason | undefined;

const ofKind = (objects: readonly UserObject[], kind: string): UserObject[] =>
  objects.filter((object) => object.kind === kind);

const flagged = ({ log }: Observation, flag: string): boolean => log.some(({ flags }) => flags.includes(flag));
const titled = ({ kind, metadata, $ }: UserObject): string => `${kind} ${$.namespace}/${metadata.name}`;

interface Destination {
  readonly host?: string;
  readonly subset?: string;
}

function destinations(object: UserObject): { destination: Destination; path: (string | number)[] }[] {
  const http = (object.spec?.http ?? []) as { route?: { destination?: Destination }[] }[];
  return http.flatMap(({ route = [] }, i) =>
    route.map(({ destination = {} }, j) => ({ destination, path: ["spec", "http", i, "route", j, "destination"] })),
  );
}

const gatewaysWithoutMesh: Hint = ({ from, request }, _seen, objects) => {
  const { host } = urlParts(request.url);
  const namespace = from.split("/")[0] ?? "";
  if (from === "outside") return undefined;
  const bound = ofKind(objects, "VirtualService").find(({ spec, $ }) => {
    const hosts = ((spec?.hosts ?? []) as string[]).map((name) => istioHost(name, $.namespace));
    const full = [host, `${host}.svc.cluster.local`, istioHost(host, namespace)];
    const gateways = (spec?.gateways ?? ["mesh"]) as string[];
    return !gateways.includes("mesh") && hosts.some((name) => full.some((one) => matchesHost(name, one)));
  });
  return (
    bound && {
      text: `${titled(bound)} lists gateways without mesh, so callers inside the mesh do not use it`,
      place: bound.$.placeOf(["spec", "gateways"]),
      fix: "add mesh to gateways",
    }
  );
};

const subsetWithoutRule: Hint = (_one, seen, objects) => {
  if (!flagged(seen, "NC")) return undefined;
  const rules = ofKind(objects, "DestinationRule");
  for (const route of ofKind(objects, "VirtualService"))
    for (const { destination, path } of destinations(route)) {
      const { host = "", subset } = destination;
      if (!subset) continue;
      const full = istioHost(host, route.$.namespace);
      const matching = rules.filter(({ spec, $ }) => istioHost(String(spec?.host), $.namespace) === full);
      const owner = full.split(".")[1];
      const defining = matching.find(({ spec }) =>
        ((spec?.subsets ?? []) as { name: string }[]).some(({ name }) => name === subset),
      );
      if (!defining)
        return {
          text: `no DestinationRule for ${full} has the subset ${subset}`,
          place: route.$.placeOf(path),
          fix: "add the subset, or name one that exists",
        };
      if (defining.$.namespace !== owner && defining.$.namespace !== "istio-system")
        return {
          text: `${titled(defining)} is in neither the caller's nor the Service's namespace (${owner}), so other callers do not find it`,
          place: defining.$.placeOf(["metadata", "namespace"]),
          fix: `move it to namespace ${owner}`,
        };
    }
  return undefined;
};

const missingService: Hint = (_one, seen, objects) => {
  if (!["503", "500"].includes(String(resultOf(seen)))) return undefined;
  const known = ofKind(objects, "Service").map(serviceOf);
  const external = ofKind(objects, "ServiceEntry").flatMap(({ spec }) => (spec?.hosts ?? []) as string[]);
  for (const route of ofKind(objects, "VirtualService"))
    for (const { destination, path } of destinations(route)) {
      const full = istioHost(destination.host ?? "", route.$.namespace);
      const exists =
        known.some(({ name, namespace }) => full === `${name}.${namespace}.svc.cluster.local`) ||
        external.some((name) => matchesHost(name, full));
      if (!exists)
        return {
          text: `no Service has the host ${full} that ${titled(route)} leads to`,
          place: route.$.placeOf(path),
          fix: "name the Service with its namespace: NAME.NAMESPACE.svc.cluster.local",
        };
    }
  return undefined;
};

const secretElsewhere: Hint = (_one, seen, objects) => {
  if (resultOf(seen) !== "tls-error") return undefined;
  for (const gateway of ofKind(objects, "Gateway")) {
    const servers = (gateway.spec?.servers ?? []) as { tls?: { credentialName?: string } }[];
    for (const [i, { tls }] of servers.entries()) {
      const secret = ofKind(objects, "Secret").find(({ metadata }) => metadata.name === tls?.credentialName);
      if (secret && secret.$.namespace !== "istio-system" && gateway.spec?.selector?.istio === "ingressgateway")
        return {
          text: `Secret ${secret.$.namespace}/${secret.metadata.name} is not in the namespace of the gateway's pods, istio-system`,
          place: gateway.$.placeOf(["spec", "servers", i, "tls", "credentialName"]),
          fix: "put the Secret into istio-system",
        };
    }
  }
  return undefined;
};

const faultBeforeRetry: Hint = (_one, seen, objects) => {
  if (!flagged(seen, "FI") && !flagged(seen, "DI")) return undefined;
  for (const route of ofKind(objects, "VirtualService")) {
    const http = (route.spec?.http ?? []) as { fault?: object; timeout?: string; retries?: object }[];
    const index = http.findIndex(({ fault, timeout, retries }) => fault && (timeout || retries));
    if (index >= 0)
      return {
        text: "a fault acts in the caller's proxy before timeout and retries of the same route, which never see it (istio/istio#13705)",
        place: route.$.placeOf(["spec", "http", index, "fault"]),
        fix: "let the stand-in misbehave instead: given: { SERVICE: { delay: 3s } }",
      };
  }
  return undefined;
};

const portWithoutProtocol: Hint = (_one, _seen, objects) => {
  for (const service of ofKind(objects, "Service")) {
    const ports = (service.spec?.ports ?? []) as { name?: string; appProtocol?: string }[];
    const index = ports.findIndex(({ name = "", appProtocol }) =>
      appProtocol ? appProtocol === "tcp" : /^tcp(-|$)/.test(name),
    );
    const routed = ofKind(objects, "VirtualService").some(
      ({ spec, $ }) =>
        spec?.http &&
        ((spec.hosts ?? []) as string[]).some((host) =>
          istioHost(host, $.namespace).startsWith(`${service.metadata.name}.${service.$.namespace}.`),
        ),
    );
    if (index >= 0 && routed)
      return {
        text: `port ${ports[index]?.name} of ${titled(service)} is TCP by its name, so http routes do not apply`,
        place: service.$.placeOf(["spec", "ports", index, "name"]),
        fix: "name it http, or set appProtocol: http",
      };
  }
  return undefined;
};

const serviceEntryTcp: Hint = (_one, seen, objects) => {
  if (String(resultOf(seen)) !== "502") return undefined;
  for (const entry of ofKind(objects, "ServiceEntry")) {
    const ports = (entry.spec?.ports ?? []) as { protocol?: string; name?: string }[];
    const index = ports.findIndex(({ protocol }) => protocol === "TCP");
    if (index >= 0 && !entry.spec?.addresses)
      return {
        text: `${titled(entry)} declares its port as TCP without addresses: HTTP requests do not find it by their Host header`,
        place: entry.$.placeOf(["spec", "ports", index, "protocol"]),
        fix: "protocol: HTTP",
      };
  }
  return undefined;
};

const tokenOptional: Hint = ({ expect, request }, seen, objects) => {
  const wants = expect.status?.some((status) => status === 401 || status === 403);
  if (!wants || resultOf(seen) !== 200 || request.token || request.headers?.["authorization"]) return undefined;
  const rule = ofKind(objects, "RequestAuthentication")[0];
  return (
    rule && {
      text: `${titled(rule)} rejects wrong tokens, and lets requests without a token pass`,
      place: rule.$.place,
      fix: "add an AuthorizationPolicy that requires requestPrincipals; it answers 403",
    }
  );
};

const separateRules: Hint = ({ expect }, seen, objects) => {
  if (!expect.status?.includes(403) || resultOf(seen) !== 200) return undefined;
  for (const policy of ofKind(objects, "AuthorizationPolicy")) {
    const rules = (policy.spec?.rules ?? []) as { from?: object; to?: object }[];
    const index = rules.findIndex(({ from, to }, i) => i > 0 && to && !from && rules[i - 1]?.from && !rules[i - 1]?.to);
    if (index >= 0)
      return {
        text: `rules ${index} and ${index + 1} of ${titled(policy)} are alternatives: one match is enough`,
        place: policy.$.placeOf(["spec", "rules", index]),
        fix: "remove the dash before to, so that from and to are one rule",
      };
  }
  return undefined;
};

const shortPrefix: Hint = ({ request }, seen, objects) => {
  if (!seen.log.length) return undefined;
  const path = /^\w+:\/\/[^/]+(\/[^?]*)?/.exec(request.url)?.[1] ?? "/";
  for (const route of ofKind(objects, "VirtualService")) {
    const http = (route.spec?.http ?? []) as { match?: { uri?: { prefix?: string } }[] }[];
    for (const [i, { match = [] }] of http.entries())
      for (const [j, { uri }] of match.entries())
        if (
          uri?.prefix &&
          uri.prefix !== "/" &&
          path.startsWith(uri.prefix) &&
          /^[^/?]/.test(path.slice(uri.prefix.length)) &&
          !uri.prefix.endsWith("/")
        )
          return {
            text: `prefix ${uri.prefix} also matches ${path}: a prefix is text and not a path segment`,
            place: route.$.placeOf(["spec", "http", i, "match", j, "uri"]),
            fix: `match exact ${uri.prefix} and prefix ${uri.prefix}/, the longer path first`,
          };
  }
  return undefined;
};

const missingGrant: Hint = (_one, seen, objects) => {
  if (resultOf(seen) !== 500) return undefined;
  for (const route of ofKind(objects, "HTTPRoute")) {
    const rules = (route.spec?.rules ?? []) as { backendRefs?: { namespace?: string }[] }[];
    for (const [i, { backendRefs = [] }] of rules.entries())
      for (const [j, { namespace }] of backendRefs.entries())
        if (
          namespace &&
          namespace !== route.$.namespace &&
          !ofKind(objects, "ReferenceGrant").some(({ $ }) => $.namespace === namespace)
        )
          return {
            text: `no ReferenceGrant in ${namespace} allows ${titled(route)} to use its Services`,
            place: route.$.placeOf(["spec", "rules", i, "backendRefs", j, "namespace"]),
            fix: `add a ReferenceGrant in ${namespace}`,
          };
  }
  return undefined;
};

const tlsToPlain: Hint = (_one, seen, objects) => {
  if (!seen.log.some(({ transport, flags }) => transport || (flags.includes("UF") && flags.length > 0)))
    return undefined;
  const rule = ofKind(objects, "DestinationRule").find(({ spec }) => /ISTIO_MUTUAL/.test(JSON.stringify(spec)));
  return (
    rule && {
      text: `${titled(rule)} requires mutual TLS of a server that may have no sidecar`,
      place: rule.$.placeOf(["spec", "trafficPolicy", "tls"]),
      fix: "remove the TLS mode (mutual TLS is automatic), or add mode DISABLE for that host in the caller's namespace",
    }
  );
};

const known: readonly Hint[] = [
  gatewaysWithoutMesh,
  subsetWithoutRule,
  missingService,
  secretElsewhere,
  faultBeforeRetry,
  portWithoutProtocol,
  serviceEntryTcp,
  tokenOptional,
  separateRules,
  shortPrefix,
  missingGrant,
  tlsToPlain,
];

/** The known mistakes that fit a case that failed. */
export const hints = (one: Case, seen: Observation, objects: readonly UserObject[]): Reason[] =>
  known.flatMap((hint) => hint(one, seen, objects) ?? []);
