import { agentPrefix } from "./accessLog";
import { type Caller, outsideName } from "./callers";
import type { Behaviour, Case, TokenAsked } from "./cases";
import { externalService } from "./external";
import { entranceForHost } from "./gateways";
import type { UserObject } from "./objects";
import { matchesHost, type Service, serviceByDns, serviceKey } from "./services";
import { isNamed, rulesFor, type StandIn } from "./standIns";
import { defaultPorts, urlParts } from "./urls";

/** A request as the caller's program takes it. */
export interface Planned {
  readonly id: string;
  readonly url: string;
  readonly method: string;
  readonly host: string;
  readonly address: string;
  readonly port: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string;
  readonly http2?: boolean;
  readonly sni?: string;
  readonly clientCertificate?: "trusted" | "foreign";
  readonly timeout: number;
}

/** Addresses that exist only in the running cluster. */
export interface Addresses {
  /** Cluster address of a Service, NAMESPACE/NAME; of a headless one, a pod's. */
  readonly service: (key: string) => string | undefined;
  /** True if a Service has a port. */
  readonly hasPort: (key: string, port: number) => boolean;
  /** Address of a pod behind a gateway's Service. */
  readonly gatewayPod: (key: string) => string | undefined;
  readonly outside: string;
  /** External address of a Service of type LoadBalancer, or why it has none. */
  readonly external: (key: string) => { readonly address: string } | { readonly unresolved: string };
  /** A token as a case asks for it. */
  readonly token: (asked: TokenAsked) => string;
}

const milliseconds = (duration: string): number => Number.parseFloat(duration) * (duration.endsWith("ms") ? 1 : 1000);

/** Address that a caller connects to, or the reason why it cannot. */
export type Destination = { readonly address: string; readonly port: number } | { readonly unresolved: string };

/** Address that a caller's host has for it, as DNS in the cluster would say; a host outside the mesh is the stand-in `outside`. */
export function destinationOf(
  url: string,
  caller: Pick<Caller, "namespace" | "outside" | "gateway">,
  { services, objects }: { services: readonly Service[]; objects: readonly UserObject[] },
  addresses: Addresses,
): Destination {
  const { host, port } = urlParts(url);
  if (caller.outside) {
    const external = externalService(host, services);
    if (external) {
      const given = addresses.external(serviceKey(external));
      return "address" in given ? { ...given, port } : given;
    }
    const { service } = entranceForHost(host, objects, caller.gateway);
    const address = addresses.hasPort(service, port) ? addresses.service(service) : addresses.gatewayPod(service);
    return address ? { address, port } : { unresolved: `the gateway Service ${service} does not exist` };
  }
  if (/^[\d.]+$|:/.test(host)) return { address: host, port };
  const service = serviceByDns(host, caller.namespace, services);
  if (service) {
    if (/ExternalName/.test(String(service.object.spec?.type))) return { address: addresses.outside, port };
    const address = addresses.service(serviceKey(service));
    return address ? { address, port } : { unresolved: `Service ${serviceKey(service)} has no address` };
  }
  // the pod of a StatefulSet by its name in front of a headless Service
  const headless = serviceByDns(host.replace(/^[^.]+\./, ""), caller.namespace, services);
  if (headless?.headless) {
    const address = addresses.service(`${serviceKey(headless)}/${host.split(".")[0]}`);
    return address ? { address, port } : { unresolved: `there is no pod ${host.split(".")[0]}` };
  }
  const entry = objects.find(
    ({ kind, spec }) =>
      kind === "ServiceEntry" && ((spec?.hosts ?? []) as string[]).some((name) => matchesHost(name, host)),
  );
  const virtual = ((entry?.spec?.addresses ?? []) as string[]).find((one) => !one.includes("/"));
  if (virtual) return { address: virtual, port };
  const other = host.split(".");
  const isCluster = host.endsWith(".svc.cluster.local") || host.endsWith(".svc") || other.length < 2;
  const inNamespace =
    other.length === 2 && objects.some(({ kind, metadata }) => kind === "Namespace" && metadata.name === other[1]);
  if (entry || !(isCluster || inNamespace)) return { address: addresses.outside, port };
  return { unresolved: `no Service has the DNS name ${host}` };
}

/** Misbehaviour by the exact name of each stand-in, as the request's header carries it. */
function behaviourHeader(given: Case["given"], standIns: readonly StandIn[]): Record<string, string> {
  const own = Object.entries(given).flatMap(([name, { delay, ...rest }]: [string, Behaviour]) =>
    standIns
      .filter((standIn) => isNamed(name, standIn))
      .map(({ id }) => [id, { ...rest, ...(delay && { delay: milliseconds(delay) }) }] as const),
  );
  return own.length > 0 ? { "x-trial-given": JSON.stringify(Object.fromEntries(own)) } : {};
}

/** Sets of requests of one case: those of a set are sent at once, one set after the other. */
export function stepsOf(ids: readonly string[], concurrent: number): string[][] {
  const steps: string[][] = [];
  for (let i = 0; i < ids.length; i += concurrent) steps.push(ids.slice(i, i + concurrent));
  return steps;
}

/** One request of a case, as it is sent. */
export function planned(
  id: string,
  { request, given }: Case,
  { address, port }: { address: string; port: number },
  standIns: readonly StandIn[],
  token: Addresses["token"],
): Planned {
  const { url, method = "GET", headers = {}, body, http2, sni, clientCertificate, timeout = "15s" } = request;
  const { scheme, host, port: asked } = urlParts(url);
  const usual = asked === defaultPorts[scheme] || (scheme === "https" && asked === 443);
  return {
    id,
    url,
    method,
    host: request.host ?? headers["host"] ?? (usual ? host : `${host}:${asked}`),
    address,
    port,
    headers: {
      "user-agent": `${agentPrefix}${id}`,
      ...Object.fromEntries(Object.entries(headers).filter(([name]) => name !== "host")),
      ...(request.token && { authorization: `Bearer ${token(request.token)}` }),
      "x-trial-id": id,
      ...behaviourHeader(given, standIns),
    },
    ...(body !== undefined && { body }),
    ...(http2 && { http2 }),
    sni: sni ?? host,
    ...(clientCertificate && { clientCertificate }),
    timeout: milliseconds(timeout),
  };
}

/** True if a case disturbs others: it fills connection pools, or makes a proxy eject pods of the workload that misbehaves. */
export function runsAlone(
  { concurrent, given }: Case,
  services: readonly Service[],
  objects: readonly UserObject[],
  standIns: readonly StandIn[],
): boolean {
  if (concurrent > 1) return true;
  const failing = Object.entries(given).flatMap(([name, { status = 200, reset = false }]) =>
    status >= 500 || reset ? standIns.filter((standIn) => isNamed(name, standIn)) : [],
  );
  const limited = (spec: unknown) => /outlierDetection|connectionPool/.test(JSON.stringify(spec));
  if (failing.some(({ id }) => id === outsideName))
    return objects.some(({ kind, spec }) => kind === "DestinationRule" && limited(spec));
  return services.some(
    (service) =>
      failing.some((standIn) => standIn.services.includes(serviceKey(service))) &&
      rulesFor(service, objects).some(({ spec }) => limited(spec)),
  );
}
