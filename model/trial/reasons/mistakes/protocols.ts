import { fullHosts } from "../../manifests/hosts";
import { titleOf } from "../../manifests/objects";
import { type NamedPort, type Protocol, protocolOf } from "../../manifests/protocols";
import { istioHost, type Service, serviceTitle } from "../../manifests/services";
import type { Path } from "../../manifests/source";
import { arrivalOf, resultOf } from "../../requests/observation";
import { isSecured, urlParts } from "../../requests/urls";
import { type Context, calledService, ofKind, placeInService, sentTo, serviceSentTo } from "../context";
import { targetPolicies } from "../policyScope";
import type { Mistake } from "./mistake";

/** Port of a Service that a request goes to. */
interface PortOfCall {
  readonly service: Service;
  readonly protocol: Protocol;
  /** The port in words: its name, and what decides its protocol. */
  readonly title: string;
  readonly key: "name" | "appProtocol";
  readonly path: Path;
}

/** Port that the last proxy sent the request to, else the one that its URL names. */
function portOfCall(context: Context): PortOfCall | undefined {
  const target = serviceSentTo(context);
  const service = target ?? calledService(context);
  if (!service) return undefined;
  const wanted = (target && sentTo(context)?.port) ?? urlParts(context.testCase.request.url).port;
  const ports = (service.object.spec?.ports ?? []) as NamedPort[];
  const index = ports.findIndex(({ port }) => port === wanted);
  const namedPort = ports[index];
  if (!namedPort) return undefined;
  const key = namedPort.appProtocol ? "appProtocol" : "name";
  return {
    service,
    protocol: protocolOf(namedPort),
    title: `port ${namedPort.name ?? wanted} of ${serviceTitle(service)}`,
    key,
    path: ["spec", "ports", index, namedPort[key] === undefined ? "port" : key],
  };
}

const protocolNames: Readonly<Record<Protocol, string>> = {
  http: "HTTP",
  http2: "HTTP/2",
  tls: "TLS",
  tcp: "TCP",
  detected: "detected from the first bytes of each connection",
};

const httpRules = /"(methods|paths|hosts|requestPrincipals|notPaths|notMethods)"/;
const httpSettings = /"(httpHeaderName|httpCookie|httpQueryParameterName|http1MaxPendingRequests|http2MaxRequests)"/;

/** A port that is TCP or TLS by its name, with configuration that has an effect on HTTP only. */
const portIsNotHttp: Mistake = (context) => {
  const call = portOfCall(context);
  if (!call || (call.protocol !== "tcp" && call.protocol !== "tls")) return undefined;
  const isServiceOf = (host: string) => host.startsWith(`${call.service.name}.${call.service.namespace}.`);
  const policy = targetPolicies(context, "AuthorizationPolicy").find(({ spec }) =>
    httpRules.test(JSON.stringify(spec)),
  );
  const routed = ofKind(context.objects, "VirtualService").find(
    (object) => object.spec?.http && fullHosts(object).some(isServiceOf),
  );
  const rule = ofKind(context.objects, "DestinationRule").find(
    ({ spec, $ }) => isServiceOf(istioHost(String(spec?.host), $.namespace)) && httpSettings.test(JSON.stringify(spec)),
  );
  const effect = policy
    ? `${titleOf(policy)} has conditions for HTTP, which such a port does not have: ALLOW rules with them never match, and DENY rules ignore them`
    : routed
      ? `the http routes of ${titleOf(routed)} do not apply`
      : rule && `the settings for HTTP of ${titleOf(rule)} do not apply`;
  if (!effect) return undefined;
  return {
    text: `${call.title} is ${protocolNames[call.protocol]} by its ${call.key}: ${effect}`,
    ...placeInService(context, call.service, call.path),
    fix: "name it http, or set appProtocol: http",
  };
};

/** A gRPC call to a workload to which the proxy speaks HTTP/1.1. */
const grpcOverHttp1: Mistake = (context) => {
  const call = portOfCall(context);
  const failed = context.observation.answer.grpcStatus !== 0;
  if (call?.protocol !== "http" || !failed || !/^grpcs?:/.test(context.testCase.request.url)) return undefined;
  return {
    text: `${call.title} is HTTP by its ${call.key}, so proxies speak HTTP/1.1 to the workload, and gRPC needs HTTP/2`,
    ...placeInService(context, call.service, call.path),
    fix: "name it grpc, or set appProtocol: grpc",
  };
};

/** A connection that is no HTTP, on a port that proxies read as HTTP. */
const tcpOnHttpPort: Mistake = (context) => {
  const call = portOfCall(context);
  if (!call || arrivalOf(context.observation) || !["http", "http2"].includes(call.protocol)) return undefined;
  const { url } = context.testCase.request;
  const speaks = url.startsWith("tcp:") ? "no HTTP" : isSecured(url) && !context.caller.outside ? "TLS" : undefined;
  if (!speaks) return undefined;
  return {
    text: `${call.title} is ${protocolNames[call.protocol]} by its ${call.key}, and the caller speaks ${speaks}: proxies refuse what they cannot read (${resultOf(context.observation)})`,
    ...placeInService(context, call.service, call.path),
    fix: speaks === "TLS" ? "name it https, or call http://" : "name it tcp, or set appProtocol: tcp",
  };
};

export const mistakesOfProtocols: readonly Mistake[] = [portIsNotHttp, grpcOverHttp1, tcpOnHttpPort];
