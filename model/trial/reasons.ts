import type { AccessEntry } from "./accessLog";
import type { Case } from "./cases";
import { hints } from "./knownMistakes";
import type { UserObject } from "./objects";
import { answeredBy, type Observation, resultOf } from "./observation";
import type { Reason } from "./result";
import { routeName } from "./substitutions";

/** Envoy's response flags (https://www.envoyproxy.io/docs/envoy/latest/configuration/observability/access_log/usage#response-flags). */
const flags: Readonly<Record<string, string>> = {
  NR: "no route matches the host and path, or no filter chain matches the connection",
  NC: "the route leads to a subset or Service for which this proxy has no cluster",
  UH: "the cluster has no healthy pod",
  UF: "the connection to the pod failed",
  UC: "the pod ended the connection before it answered",
  UR: "the pod reset the request",
  UT: "the route's timeout ended the request",
  UO: "the circuit breaker of connectionPool refused the request",
  URX: "the retries or connection attempts are used up",
  DC: "the caller ended the connection",
  DI: "the route's fault injected a delay",
  FI: "the route's fault injected an abort",
  RL: "a rate limit refused the request",
  UAEX: "an external authorizer refused the request",
  LR: "the connection was reset locally",
  DPE: "the request does not speak the protocol that the port expects",
  IH: "a header of the request has an invalid value",
  SI: "the idle timeout of the stream ended the request",
};

const unnamed = /^(default|-|)$/;

/** The route of the manifests that a proxy's log names, as `VirtualService … (file:line)`. */
function routeOf(entry: AccessEntry, objects: readonly UserObject[]): Reason | undefined {
  for (const object of objects.filter(({ kind }) => kind === "VirtualService")) {
    const routes = (object.spec?.http ?? []) as { name?: string }[];
    const index = routes.findIndex(
      ({ name }, i) => entry.route === (name ?? routeName(object, i)) || entry.route.startsWith(`${name}.`),
    );
    if (index >= 0)
      return {
        text: `http route ${index + 1} of VirtualService ${object.$.namespace}/${object.metadata.name}`,
        place: object.$.placeOf(["spec", "http", index]),
      };
  }
  return undefined;
}

/** The policy that a proxy's log names for a request that it denied. */
function policyOf(entry: AccessEntry, objects: readonly UserObject[]): Reason | undefined {
  const denied = /rbac_access_denied_matched_policy\[(?:ns\[([^\]]+)\]-policy\[([^\]]+)\]-rule\[(\d+)\]|none)\]/.exec(
    entry.details,
  );
  if (!denied) return undefined;
  const [, namespace, name, rule] = denied;
  if (!name) return { text: "AuthorizationPolicy: no rule of an ALLOW policy matches the request, so it is denied" };
  const policy = objects.find(
    ({ kind, metadata, $ }) => kind === "AuthorizationPolicy" && metadata.name === name && $.namespace === namespace,
  );
  return {
    text: `AuthorizationPolicy ${namespace}/${name} denies it by rule ${Number(rule) + 1}`,
    ...(policy && { place: policy.$.placeOf(["spec", "rules", Number(rule)]) }),
  };
}

const where = ({ proxy, cluster, sni }: AccessEntry): string =>
  `proxy of ${proxy}${cluster ? `, cluster ${cluster}` : ""}${sni ? `, SNI ${sni}` : ""}`;

function entryReasons(entry: AccessEntry, objects: readonly UserObject[]): Reason[] {
  const route = unnamed.test(entry.route) ? undefined : routeOf(entry, objects);
  const policy = policyOf(entry, objects);
  const jwt = /jwt_authn_access_denied/.test(entry.details)
    ? [{ text: `RequestAuthentication refuses the token: ${entry.details}` }]
    : [];
  const meanings = entry.flags.map((flag) => ({
    text: `${flag}: ${flags[flag] ?? "see Envoy's response flags"} (${where(entry)})`,
  }));
  const transport = entry.transport ? [{ text: `TLS to the pod failed: ${entry.transport.slice(0, 160)}` }] : [];
  const detail =
    entry.details && !policy && jwt.length === 0 && entry.details !== "via_upstream"
      ? [{ text: `${entry.details} (${where(entry)})` }]
      : [];
  return [
    ...(policy ? [policy] : []),
    ...jwt,
    ...meanings,
    ...transport,
    ...(meanings.length === 0 ? detail : []),
    ...(route ? [route] : []),
  ];
}

/** Why a request ended as it did: what the proxies on its way logged, and the known mistakes that fit. */
export function reasonsFor(one: Case, seen: Observation | undefined, objects: readonly UserObject[]): Reason[] {
  if (!seen) return [];
  const logged = seen.log.flatMap((entry) => entryReasons(entry, objects));
  const clusters = seen.log.map(({ cluster }) => cluster).filter(Boolean);
  const taken =
    logged.length === 0 && clusters.length > 0
      ? [{ text: `went to cluster ${[...new Set(clusters)].join(", then ")}` }]
      : [];
  const silent =
    seen.log.length === 0 && answeredBy(seen) === undefined
      ? [{ text: `no proxy logged the request; the caller saw: ${seen.answer.detail ?? resultOf(seen)}` }]
      : [];
  const all = [...logged, ...taken, ...silent, ...hints(one, seen, objects)];
  return [...new Map(all.map((reason) => [reason.text, reason])).values()];
}
