import { hostsOf, serviceEntriesFor } from "../../manifests/hosts";
import type { UserObject } from "../../manifests/objects";
import { titleOf } from "../../manifests/objects";
import { fqdnOf, matchesHost, type Service, serviceTitle } from "../../manifests/services";
import type { Reason } from "../../report/result";
import { isSecured, urlParts } from "../../requests/urls";
import { type Context, calledService, endedWith, hostOf, isInbound, ofKind, placeInService } from "../context";
import { egressOf, includesPort, listedPorts, scopeOf } from "../sidecarScope";
import type { Mistake } from "./mistake";

interface Port {
  readonly number?: number;
  readonly protocol?: string;
}

const portsOf = ({ spec }: UserObject): readonly Port[] => (spec?.ports ?? []) as Port[];

const wentTo = ({ observation }: Context, cluster: string): boolean =>
  observation.log.some((entry) => entry.cluster === cluster);

/** True if the caller itself, in the mesh, sends TLS. */
const sendsTls = ({ caller, testCase }: Context): boolean => !caller.outside && isSecured(testCase.request.url);

/** A port of a ServiceEntry that is declared as TCP, so that HTTP requests do not find it. */
const entryIsTcp: Mistake = (context) => {
  if (!endedWith(context, 502)) return undefined;
  for (const entry of serviceEntriesFor(hostOf(context), context.objects)) {
    const index = portsOf(entry).findIndex(({ protocol }) => protocol === "TCP");
    if (index >= 0 && !entry.spec?.addresses)
      return {
        text: `${titleOf(entry)} declares its port as TCP without addresses: HTTP requests do not find it by their Host header`,
        place: entry.$.placeOf(["spec", "ports", index, "protocol"]),
        fix: "protocol: HTTP",
      };
  }
  return undefined;
};

/** A request that the caller's proxy blocked, since nothing in its scope has the host. */
const blocked: Mistake = (context) => {
  const { testCase, observation, caller, objects } = context;
  const isBlocked =
    wentTo(context, "BlackHoleCluster") ||
    observation.log.some(({ route }) => route === "block_all") ||
    (endedWith(context, 502) && !caller.outside);
  if (!isBlocked) return undefined;
  const { port } = urlParts(testCase.request.url);
  const [entry] = serviceEntriesFor(hostOf(context), objects);
  const ports = entry && portsOf(entry).map(({ number }) => number);
  if (entry && ports && !ports.includes(port))
    return {
      text: `${titleOf(entry)} has the host on port ${ports.join(", ")}, and the request goes to port ${port}`,
      place: entry.$.placeOf(["spec", "ports"]),
      fix: `number: ${port}`,
    };
  const scope = scopeOf(context);
  const service = calledService(context);
  const namespace = service?.namespace ?? entry?.$.namespace;
  const host = service ? fqdnOf(service) : hostOf(context);
  const listed = scope && namespace !== undefined ? listedPorts(scope, { namespace, host }, caller.namespace) : [];
  if (scope?.spec?.egress && !includesPort(listed, port))
    return {
      text: `${titleOf(scope)} limits what callers in ${caller.namespace} reach to ${JSON.stringify(egressOf(scope).flatMap(({ hosts = [] }) => hosts))}`,
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

/** Reason why the caller's proxy does not know a port of a Service: a Sidecar hides it, or the Service is not exported. */
function hiddenService(context: Context, service: Service, port: number): Reason | undefined {
  const { caller } = context;
  const { namespace } = service;
  const host = fqdnOf(service);
  const scope = scopeOf(context);
  const listed = scope ? listedPorts(scope, { namespace, host }, caller.namespace) : [];
  if (scope && listed.length > 0 && !includesPort(listed, port))
    return {
      text: `${titleOf(scope)} lists ${host} on port ${listed.join(", ")} only, and the request goes to port ${port}: it passes through without routes and mutual TLS`,
      place: scope.$.placeOf(["spec", "egress"]),
      fix: `port: { number: ${port}, ... }, or an entry without port`,
    };
  if (scope?.spec?.egress && listed.length === 0)
    return {
      text: `${titleOf(scope)} hides ${host} from the caller: the request passes through without routes, policies of the caller's side and mutual TLS`,
      place: scope.$.placeOf(["spec", "egress"]),
      fix: `add ${namespace}/* to egress hosts`,
    };
  const annotation = "networking.istio.io/exportTo";
  const exported = service.object.metadata.annotations?.[annotation];
  if (!exported) return undefined;
  return {
    text: `${serviceTitle(service)} is exported to ${exported} only, so the caller's proxy does not know it and passes the request through`,
    ...placeInService(context, service, ["metadata", "annotations", annotation]),
  };
}

/** A Service of the mesh that the caller's proxy does not know, so that the request passes through as plain TCP. */
const passedThrough: Mistake = (context) => {
  const { caller, observation, testCase } = context;
  const isPassed = wentTo(context, "PassthroughCluster");
  const service = calledService(context);
  // a proxy logs a TCP connection without the request's id
  const isSilent = service !== undefined && caller.sidecar !== false && observation.log.every(isInbound);
  if (service && (isPassed || isSilent)) {
    const reason = hiddenService(context, service, urlParts(testCase.request.url).port);
    if (reason) return reason;
  }
  return isPassed
    ? {
        text: "the caller's proxy has no Service and no ServiceEntry for this address and port, so it passes the connection through",
      }
    : undefined;
};

/** HTTP routes for a host to which the caller itself opens TLS. */
const encrypted: Mistake = (context) => {
  if (!sendsTls(context)) return undefined;
  const routed = ofKind(context.objects, "VirtualService").find(
    (object) => object.spec?.http && hostsOf(object).some((pattern) => matchesHost(pattern, hostOf(context))),
  );
  return (
    routed && {
      text: `the caller sends TLS, so its proxy sees no HTTP: the http routes of ${titleOf(routed)} do not apply`,
      place: routed.$.placeOf(["spec", "http"]),
      fix: "call http://, and let a DestinationRule with tls: { mode: SIMPLE } start TLS",
    }
  );
};

/** TLS that the mesh adds to a request that is encrypted already. */
const twiceEncrypted: Mistake = (context) => {
  if (!sendsTls(context) || !endedWith(context, "tls-error", "reset", 503)) return undefined;
  const rule = ofKind(context.objects, "DestinationRule").find(
    ({ spec }) =>
      matchesHost(String(spec?.host), hostOf(context)) && /"mode":"(SIMPLE|MUTUAL)"/.test(JSON.stringify(spec)),
  );
  return (
    rule && {
      text: `${titleOf(rule)} starts TLS, and the caller sends TLS already: the server receives TLS within TLS`,
      place: rule.$.placeOf(["spec", "trafficPolicy"]),
      fix: "call http://, or remove the TLS mode",
    }
  );
};

export const mistakesOfEgress: readonly Mistake[] = [entryIsTcp, blocked, passedThrough, encrypted, twiceEncrypted];
