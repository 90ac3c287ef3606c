import type { Case } from "../format/cases";
import { type Entrance, entranceForHost } from "../manifests/gateways";
import type { Texts, UserObject } from "../manifests/objects";
import { namespaceOf, type Service, serviceByDns, serviceByFqdn } from "../manifests/services";
import type { Path } from "../manifests/source";
import type { Reason } from "../report/result";
import type { AccessEntry } from "../requests/accessLog";
import { type Observation, resultOf } from "../requests/observation";
import { defaultPorts, urlParts } from "../requests/urls";
import type { Caller } from "../standIns/callers";
import type { StandIn } from "../standIns/standIns";

/** One request of a case that failed, with everything that can explain its result. */
export interface Context {
  readonly testCase: Case;
  readonly observation: Observation;
  readonly objects: readonly UserObject[];
  readonly services: readonly Service[];
  readonly standIns: readonly StandIn[];
  readonly caller: Caller;
  /** Mode of mutual TLS where no PeerAuthentication of the files sets one: mtlsMode of the environment. */
  readonly meshMode: string;
  /** Domain of the environment, whose hosts its own Gateway opens. */
  readonly domain: string;
  /** Labels of the pod of a proxy, NAMESPACE/POD. */
  readonly labelsOf: (proxy: string) => Texts;
}

export const ofKind = (objects: readonly UserObject[], kind: string): UserObject[] =>
  objects.filter((object) => object.kind === kind);

/** Host of the request's URL or Host header, without a port. */
export const hostOf = ({ testCase: { request } }: Context): string =>
  (request.host ?? request.headers?.["host"] ?? urlParts(request.url).host).replace(/:\d+$/, "");

/** Host header of the request, with the port of its URL unless that is the usual one. */
export function hostHeader({ testCase: { request } }: Context): string {
  const { scheme, host, port } = urlParts(request.url);
  return request.host ?? request.headers?.["host"] ?? (port === defaultPorts[scheme] ? host : `${host}:${port}`);
}

/** Method of the request; a gRPC call is a POST. */
export const methodOf = ({ testCase: { request } }: Context): string =>
  /^grpcs?:/.test(request.url) ? "POST" : (request.method ?? "GET");

/** Path of the request, without its query. */
export const pathOf = ({ testCase: { request } }: Context): string =>
  /^\w+:\/\/[^/]+(\/[^?#]*)?/.exec(request.url)?.[1] ?? "/";

/** Gateway by which a caller from outside the cluster enters. */
export const entranceOfCaller = ({ caller, objects, testCase }: Context): Entrance =>
  entranceForHost(urlParts(testCase.request.url).host, objects, caller.gateway);

/** Namespace of the pods of the gateway by which a caller from outside the cluster enters. */
export const entranceNamespace = (context: Context): string => namespaceOf(entranceOfCaller(context).service);

/** Service that the caller's host name means; undefined for a host outside the mesh and for a caller outside the cluster. */
export const calledService = (context: Context): Service | undefined =>
  context.caller.outside
    ? undefined
    : serviceByDns(urlParts(context.testCase.request.url).host, context.caller.namespace, context.services);

/** Parts of a cluster's name, such as outbound|80|v2|reviews.books.svc.cluster.local. */
export function clusterParts(cluster: string): { port: number; subset: string; host: string } | undefined {
  const [direction, port, subset = "", host] = cluster.split("|");
  return direction === "outbound" && host ? { port: Number(port), subset, host } : undefined;
}

/** The cluster that the last proxy on the request's way sent it to. */
export const sentTo = ({ observation }: Context): ReturnType<typeof clusterParts> =>
  observation.log.flatMap(({ cluster }) => clusterParts(cluster) ?? []).at(-1);

/** Service of the cluster that the last proxy on the request's way sent it to. Undefined for a host without a Service. */
export const serviceSentTo = (context: Context): Service | undefined =>
  serviceByFqdn(sentTo(context)?.host, context.services);

/** Line of a field of a Service, for a reason. Empty for a Service that a test file declares. */
export function placeInService(
  { objects }: Context,
  { namespace, name }: { namespace: string; name: string },
  path: Path,
): Pick<Reason, "place"> {
  const object = objects.find(
    ({ kind, metadata, $ }) => kind === "Service" && $.namespace === namespace && metadata.name === name,
  );
  return object ? { place: object.$.placeOf(path) } : {};
}

/** True for a line that the sidecar of the called workload wrote. */
export const isInbound = ({ cluster, route }: AccessEntry): boolean =>
  cluster.startsWith("inbound|") || (route === "default" && !cluster.startsWith("outbound|"));

/** True if a proxy on the request's way logged one of these response flags. */
export const hasFlag = ({ observation }: Context, ...wanted: readonly string[]): boolean =>
  observation.log.some(({ flags }) => flags.some((flag) => wanted.includes(flag)));

/** True if the request ended with one of these statuses or failures. */
export const endedWith = ({ observation }: Context, ...results: readonly (number | string)[]): boolean =>
  results.includes(resultOf(observation));

/** True if the case expects that a policy denies the request. */
export const expectsDenial = ({ testCase: { expect } }: Context): boolean =>
  expect.status?.some((status) => status === 401 || status === 403) ?? false;

/** True if the case expects that a timeout ends the request. */
export const expectsTimeout = ({ testCase: { expect } }: Context): boolean =>
  expect.status?.includes(504) || (expect.seconds?.startsWith("<") ?? false);
