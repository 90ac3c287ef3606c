import { entranceOf, isIstioGateway, serversOf } from "../../manifests/gateways";
import { destinationRulesFor, serviceEntriesFor } from "../../manifests/hosts";
import { titleOf } from "../../manifests/objects";
import { fqdnOfKey, namespaceOf } from "../../manifests/services";
import type { Path } from "../../manifests/source";
import { arrivalOf } from "../../requests/observation";
import { type Context, clusterParts, endedWith, isInbound, ofKind } from "../context";
import { clientMode } from "../tlsModes";
import type { Mistake } from "./mistake";

/** The proxy that sent the request to its last cluster, with that cluster. */
function lastHop({ observation }: Context) {
  const entry = observation.log.filter((candidate) => !isInbound(candidate) && clusterParts(candidate.cluster)).at(-1);
  const cluster = entry && clusterParts(entry.cluster);
  return entry && cluster && { entry, cluster, namespace: namespaceOf(entry.proxy) };
}

/** Every credentialName in a part of a rule, with its path. */
function credentialsOf(value: unknown, path: Path): { credential: string; path: Path }[] {
  if (typeof value !== "object" || value === null) return [];
  return Object.entries(value).flatMap(([key, inner]) => {
    const childPath = [...path, Array.isArray(value) ? Number(key) : key];
    const credential: unknown = key === "tls" ? inner?.credentialName : undefined;
    return typeof credential === "string"
      ? [{ credential, path: [...childPath, "credentialName"] }]
      : credentialsOf(inner, childPath);
  });
}

/** A credential of a Secret that is not in the namespace of the proxy that starts TLS. */
const secretElsewhere: Mistake = (context) => {
  const hop = lastHop(context);
  if (!hop || !context.observation.log.some(({ transport }) => /Secret.is.not.supplied/i.test(transport ?? "")))
    return undefined;
  for (const rule of destinationRulesFor(hop.cluster.host, context.objects))
    for (const { credential, path } of credentialsOf(rule.spec, ["spec"])) {
      const secrets = ofKind(context.objects, "Secret").filter(({ metadata }) => metadata.name === credential);
      if (secrets.some(({ $ }) => $.namespace === hop.namespace)) continue;
      const [elsewhere] = secrets;
      return {
        text: elsewhere
          ? `${titleOf(elsewhere)} is not in the namespace of the proxy that starts TLS, ${hop.namespace}`
          : `no Secret ${hop.namespace}/${credential} exists, which ${titleOf(rule)} names`,
        place: rule.$.placeOf(path),
        fix: `put the Secret into ${hop.namespace}`,
      };
    }
  return undefined;
};

/** A credential in a rule without workloadSelector, which a sidecar therefore does not apply. */
const credentialAtSidecar: Mistake = (context) => {
  const hop = lastHop(context);
  const wantsTls = context.testCase.expect.tls && arrivalOf(context.observation)?.tls === false;
  if (!hop || !wantsTls || context.caller.outside || hop.namespace !== context.caller.namespace) return undefined;
  for (const rule of destinationRulesFor(hop.cluster.host, context.objects)) {
    const [credential] = credentialsOf(rule.spec, ["spec"]);
    if (!credential || rule.spec?.workloadSelector) continue;
    return {
      text: `${titleOf(rule)} names a credentialName without workloadSelector, so only gateways apply its TLS, and the caller's sidecar sends plain text`,
      place: rule.$.placeOf(credential.path),
      fix: "a workloadSelector with the caller's labels and a Role that may read the Secret, or an egress gateway",
    };
  }
  return undefined;
};

/** No rule that the sending proxy sees starts TLS, although the case expects TLS at the stand-in. */
const nothingStartsTls: Mistake = (context) => {
  const hop = lastHop(context);
  if (!hop || !context.testCase.expect.tls || arrivalOf(context.observation)?.tls !== false) return undefined;
  const { host, port, subset } = hop.cluster;
  if (clientMode(host, port, subset, hop.namespace, context.objects)) return undefined;
  const [rule] = destinationRulesFor(host, context.objects);
  return {
    text: `no DestinationRule starts TLS to port ${port} of ${host}${rule ? ` in the proxy of ${hop.entry.proxy}` : ""}`,
    ...(rule && { place: rule.$.placeOf(["spec", "trafficPolicy"]) }),
    fix: `a DestinationRule for ${host} with tls: { mode: SIMPLE } for port ${port}`,
  };
};

/** A server of an egress gateway that expects TLS from callers which send plain text. */
const plainToGateway: Mistake = (context) => {
  const { objects, observation, caller } = context;
  if (caller.outside || !endedWith(context, 503, "reset")) return undefined;
  const hop = observation.log.map((entry) => clusterParts(entry.cluster)).find(Boolean);
  if (!hop || clientMode(hop.host, hop.port, hop.subset, caller.namespace, objects)) return undefined;
  for (const gateway of objects.filter(isIstioGateway)) {
    if (hop.host !== fqdnOfKey(entranceOf(gateway, objects).service)) continue;
    const index = serversOf(gateway).findIndex(
      ({ port, tls }) => port?.number === hop.port && /^(SIMPLE|MUTUAL|ISTIO_MUTUAL)$/.test(tls?.mode ?? ""),
    );
    if (index < 0) continue;
    const mode = serversOf(gateway)[index]?.tls?.mode;
    return {
      text: `${titleOf(gateway)} expects TLS on port ${hop.port} (mode ${mode}), and no DestinationRule makes the caller's proxy send it${hop.subset ? ` to subset ${hop.subset}` : ""}`,
      place: gateway.$.placeOf(["spec", "servers", index, "tls"]),
      fix: `a DestinationRule for ${hop.host} with tls: { mode: ISTIO_MUTUAL, sni: HOST } for port ${hop.port}`,
    };
  }
  return undefined;
};

/** Mutual TLS of the mesh to an endpoint without a proxy. */
const endpointWithoutProxy: Mistake = (context) => {
  const hop = lastHop(context);
  if (!hop || !endedWith(context, 503) || !hop.entry.flags.some((flag) => /^(UF|UC)$/.test(flag))) return undefined;
  const { host, port, subset } = hop.cluster;
  const [entry] = serviceEntriesFor(host, context.objects);
  const client = clientMode(host, port, subset, hop.namespace, context.objects);
  if (!entry || !client?.setBy || client.mode !== "ISTIO_MUTUAL") return undefined;
  return {
    text: `${titleOf(client.setBy)} sets the TLS mode ISTIO_MUTUAL for ${host}, and the endpoints of ${titleOf(entry)} have no proxy that takes it`,
    place: client.setBy.$.placeOf(client.path),
    fix: "mode: DISABLE for plain text, or SIMPLE for TLS of the server's own",
  };
};

export const mistakesOfOrigination: readonly Mistake[] = [
  secretElsewhere,
  credentialAtSidecar,
  nothingStartsTls,
  plainToGateway,
  endpointWithoutProxy,
];
