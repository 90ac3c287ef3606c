import { meshNamespace } from "../../../names";
import { matchesLabels } from "../../manifests/labels";
import type { Texts, UserObject } from "../../manifests/objects";
import { fqdnOf, matchesHost } from "../../manifests/services";
import { resultOf } from "../../requests/observation";
import { isSecured, urlParts } from "../../requests/urls";
import { type Context, calledService, hostOf, isInbound, objectTitle, ofKind } from "../context";
import type { Mistake } from "./mistake";

interface Port {
  readonly number?: number;
  readonly name?: string;
  readonly protocol?: string;
}

const wentTo = ({ observation }: Context, cluster: string): boolean =>
  observation.log.some((entry) => entry.cluster === cluster);

const entriesForHost = (context: Context) =>
  ofKind(context.objects, "ServiceEntry").filter(({ spec }) =>
    ((spec?.hosts ?? []) as string[]).some((pattern) => matchesHost(pattern, hostOf(context))),
  );

const portsOf = (entry: { spec?: { ports?: unknown } }): readonly Port[] => (entry.spec?.ports ?? []) as Port[];

/** A port of a ServiceEntry that is declared as TCP, so that HTTP requests do not find it. */
const entryIsTcp: Mistake = (context) => {
  if (String(resultOf(context.observation)) !== "502") return undefined;
  for (const entry of entriesForHost(context)) {
    const index = portsOf(entry).findIndex(({ protocol }) => protocol === "TCP");
    if (index >= 0 && !entry.spec?.addresses)
      return {
        text: `${objectTitle(entry)} declares its port as TCP without addresses: HTTP requests do not find it by their Host header`,
        place: entry.$.placeOf(["spec", "ports", index, "protocol"]),
        fix: "protocol: HTTP",
      };
  }
  return undefined;
};

/** The Sidecar that limits what the caller sees: one that selects it, that of its namespace, or the mesh's. */
function scopeOf({ objects, caller }: Context): UserObject | undefined {
  const sidecars = ofKind(objects, "Sidecar").filter(({ $ }) =>
    [caller.namespace, meshNamespace].includes($.namespace),
  );
  const selectorOf = ({ spec }: UserObject) => spec?.workloadSelector?.labels as Texts | undefined;
  const isOwn = ({ $ }: UserObject) => $.namespace === caller.namespace;
  const selecting = sidecars.find(
    (sidecar) => isOwn(sidecar) && selectorOf(sidecar) && matchesLabels(selectorOf(sidecar) ?? {}, caller.labels),
  );
  const wide = sidecars.filter((sidecar) => selectorOf(sidecar) === undefined);
  return selecting ?? wide.find(isOwn) ?? wide.find(({ $ }) => $.namespace === meshNamespace);
}

/** Ports on which a Sidecar's egress lists a host of a namespace; `any` for a listener without port. */
function listedOn({ spec, $ }: UserObject, namespace: string, host: string, caller: string): (number | "any")[] {
  // in the mesh's own Sidecar a dot is the namespace of each caller
  const dotNamespace = $.namespace === meshNamespace ? caller : $.namespace;
  return ((spec?.egress ?? []) as { hosts?: string[]; port?: { number?: number } }[]).flatMap(
    ({ hosts = [], port }) => {
      const isListed = hosts.some((pattern) => {
        const [owner = "", name = ""] = pattern.split("/");
        return (
          (owner === "*" || owner === namespace || (owner === "." && dotNamespace === namespace)) &&
          matchesHost(name, host)
        );
      });
      return isListed ? [port?.number ?? ("any" as const)] : [];
    },
  );
}

/** A request that the caller's proxy blocked, since nothing in its scope has the host. */
const blocked: Mistake = (context) => {
  const { testCase, observation } = context;
  const blockedByProxy =
    wentTo(context, "BlackHoleCluster") ||
    observation.log.some(({ route }) => route === "block_all") ||
    (resultOf(observation) === 502 && !context.caller.outside);
  if (!blockedByProxy) return undefined;
  const { port } = urlParts(testCase.request.url);
  const [entry] = entriesForHost(context);
  const scope = scopeOf(context);
  const ports = entry && portsOf(entry).map(({ number }) => number);
  if (entry && ports && !ports.includes(port))
    return {
      text: `${objectTitle(entry)} has the host on port ${ports.join(", ")}, and the request goes to port ${port}`,
      place: entry.$.placeOf(["spec", "ports"]),
      fix: `number: ${port}`,
    };
  const service = calledService(context);
  const owner = service?.namespace ?? entry?.$.namespace;
  const host = service ? fqdnOf(service) : hostOf(context);
  const listed = scope && owner !== undefined ? listedOn(scope, owner, host, context.caller.namespace) : [];
  const isListed = listed.some((listedPort) => listedPort === "any" || listedPort === port);
  if (scope?.spec?.egress && !isListed)
    return {
      text: `${objectTitle(scope)} limits what callers in ${context.caller.namespace} reach to ${JSON.stringify((scope.spec.egress as { hosts?: string[] }[]).flatMap(({ hosts = [] }) => hosts))}`,
      place: scope.$.placeOf(["spec", "egress"]),
      fix: "add NAMESPACE/HOST to egress hosts",
    };
  return entry || service
    ? undefined
    : {
        text: `no ServiceEntry has the host ${hostOf(context)}, and outboundTrafficPolicy REGISTRY_ONLY blocks every other`,
        fix: "add a ServiceEntry with this host and port",
      };
};

/** A Service of the mesh that the caller's proxy does not know: the request passes through as plain TCP. */
const passedThrough: Mistake = (context) => {
  const { caller, observation } = context;
  const service = calledService(context);
  // a proxy logs a TCP connection without the request's id
  const isSilent = service !== undefined && caller.sidecar !== false && observation.log.every(isInbound);
  const isPassed = wentTo(context, "PassthroughCluster");
  if (!isPassed && !isSilent) return undefined;
  const scope = scopeOf(context);
  const { port } = urlParts(context.testCase.request.url);
  const listed = scope && service ? listedOn(scope, service.namespace, fqdnOf(service), caller.namespace) : [];
  if (
    service &&
    scope &&
    listed.length > 0 &&
    !listed.some((listedPort) => listedPort === "any" || listedPort === port)
  )
    return {
      text: `${objectTitle(scope)} lists ${fqdnOf(service)} on port ${listed.join(", ")} only, and the request goes to port ${port}: it passes through without routes and mutual TLS`,
      place: scope.$.placeOf(["spec", "egress"]),
      fix: `port: { number: ${port}, ... }, or an entry without port`,
    };
  if (service && scope?.spec?.egress && listed.length === 0)
    return {
      text: `${objectTitle(scope)} hides ${fqdnOf(service)} from the caller: the request passes through without routes, policies of the caller's side and mutual TLS`,
      place: scope.$.placeOf(["spec", "egress"]),
      fix: `add ${service.namespace}/* to egress hosts`,
    };
  const exported = service?.object.metadata.annotations?.["networking.istio.io/exportTo"];
  const object = context.objects.find(
    ({ kind, metadata, $ }) =>
      kind === "Service" && metadata.name === service?.name && $.namespace === service.namespace,
  );
  if (service && exported)
    return {
      ...(object && { place: object.$.placeOf(["metadata", "annotations", "networking.istio.io/exportTo"]) }),
      text: `Service ${service.namespace}/${service.name} is exported to ${exported} only, so the caller's proxy does not know it and passes the request through`,
    };
  if (!isPassed) return undefined;
  return {
    text: "the caller's proxy has no Service and no ServiceEntry for this address and port, so it passes the connection through",
  };
};

/** HTTP routes for a host to which the caller itself opens TLS. */
const encrypted: Mistake = (context) => {
  const { testCase, caller } = context;
  if (caller.outside || !isSecured(testCase.request.url)) return undefined;
  const routed = ofKind(context.objects, "VirtualService").find(
    ({ spec }) =>
      spec?.http && ((spec.hosts ?? []) as string[]).some((pattern) => matchesHost(pattern, hostOf(context))),
  );
  return (
    routed && {
      text: `the caller sends TLS, so its proxy sees no HTTP: the http routes of ${objectTitle(routed)} do not apply`,
      place: routed.$.placeOf(["spec", "http"]),
      fix: "call http://, and let a DestinationRule with tls: { mode: SIMPLE } start TLS",
    }
  );
};

/** TLS that the mesh adds to a request that is encrypted already. */
const twiceEncrypted: Mistake = (context) => {
  if (
    context.caller.outside ||
    !isSecured(context.testCase.request.url) ||
    !["tls-error", "reset", "503"].includes(String(resultOf(context.observation)))
  )
    return undefined;
  const rule = ofKind(context.objects, "DestinationRule").find(
    ({ spec }) =>
      matchesHost(String(spec?.host), hostOf(context)) && /"mode":"(SIMPLE|MUTUAL)"/.test(JSON.stringify(spec)),
  );
  return (
    rule && {
      text: `${objectTitle(rule)} starts TLS, and the caller sends TLS already: the server receives TLS within TLS`,
      place: rule.$.placeOf(["spec", "trafficPolicy"]),
      fix: "call http://, or remove the TLS mode",
    }
  );
};

export const mistakesOfEgress: readonly Mistake[] = [entryIsTcp, blocked, passedThrough, encrypted, twiceEncrypted];
