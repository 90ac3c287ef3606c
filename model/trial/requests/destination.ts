import type { TokenSpec } from "../format/cases";
import { entranceForHost } from "../manifests/gateways";
import { serviceEntriesFor } from "../manifests/hosts";
import type { UserObject } from "../manifests/objects";
import { domainOfServices, type Service, serviceByDns, serviceKey, serviceTitle } from "../manifests/services";
import type { Caller } from "../standIns/callers";
import { externalService } from "../standIns/external";
import type { StandIn } from "../standIns/standIns";
import { urlParts } from "./urls";

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
  /** Returns a token with the claims of a case. */
  readonly token: (spec: TokenSpec) => string;
}

/** Address that a caller connects to, or the reason why it cannot. */
export type Destination =
  | { readonly address: string; readonly port: number }
  | { readonly unresolved: string }
  | { readonly refused: string };

/** Reason why nobody outside the cluster can connect to a port: the user's own Service for the gateway does not have it. */
function closedPort(key: string, port: number, services: readonly Service[]): string | undefined {
  const service = services.find((candidate) => serviceKey(candidate) === key);
  if (!service || service.ports.some(({ number }) => number === port)) return undefined;
  const ports = service.ports.map(({ number }) => number).join(", ");
  return `the gateway's Service ${key} has no port ${port}; it has: ${ports || "none"}`;
}

/** Address that a caller's host has for it, as DNS in the cluster would say; a host outside the mesh is the stand-in `outside`. */
export function destinationOf(
  url: string,
  caller: Pick<Caller, "namespace" | "outside" | "gateway">,
  surroundings: {
    readonly services: readonly Service[];
    readonly objects: readonly UserObject[];
    readonly standIns: readonly StandIn[];
  },
  addresses: Addresses,
): Destination {
  const { services, objects, standIns } = surroundings;
  const { scheme, host, port } = urlParts(url);
  if (caller.outside) {
    const external = externalService(host, services);
    if (external) {
      const target = addresses.external(serviceKey(external));
      return "address" in target ? { ...target, port } : target;
    }
    const { service } = entranceForHost(host, objects, caller.gateway);
    const closed = closedPort(service, port, services);
    if (closed) return { refused: closed };
    const address = addresses.hasPort(service, port) ? addresses.service(service) : addresses.gatewayPod(service);
    return address ? { address, port } : { unresolved: `the gateway Service ${service} does not exist` };
  }
  if (/^[\d.]+$|:/.test(host)) return { address: host, port };
  const service = serviceByDns(host, caller.namespace, services);
  if (service) {
    const alias = service.object.spec?.type === "ExternalName" && String(service.object.spec?.externalName);
    if (alias) {
      const target = alias.endsWith(`.${domainOfServices}`);
      // DNS answers with the other name, and so does the search for its address
      return target
        ? destinationOf(`${scheme}://${alias}:${port}`, caller, surroundings, addresses)
        : { address: addresses.outside, port };
    }
    const address = addresses.service(serviceKey(service));
    return address ? { address, port } : { unresolved: `${serviceTitle(service)} has no address` };
  }
  // the pod of a StatefulSet by its name in front of a headless Service
  const headless = serviceByDns(host.replace(/^[^.]+\./, ""), caller.namespace, services);
  if (headless?.headless) {
    const [pod = ""] = host.split(".");
    const set = standIns.find(
      ({ kind, namespace, name }) =>
        kind === "StatefulSet" && namespace === headless.namespace && name === pod.replace(/-\d+$/, ""),
    );
    if (set && set.serviceName !== headless.name)
      return {
        unresolved: `pods of StatefulSet ${set.namespace}/${set.name} have names in Service ${set.serviceName ?? "none"} (serviceName), and not in ${headless.name}`,
      };
    const address = addresses.service(`${serviceKey(headless)}/${pod}`);
    return address ? { address, port } : { unresolved: `there is no pod ${pod}` };
  }
  const [entry] = serviceEntriesFor(host, objects);
  const virtual = ((entry?.spec?.addresses ?? []) as string[]).find((address) => !address.includes("/"));
  if (virtual) return { address: virtual, port };
  const labels = host.split(".");
  const isCluster = host.endsWith(".svc.cluster.local") || host.endsWith(".svc") || labels.length < 2;
  const inNamespace =
    labels.length === 2 && objects.some(({ kind, metadata }) => kind === "Namespace" && metadata.name === labels[1]);
  if (entry || !(isCluster || inNamespace)) return { address: addresses.outside, port };
  return { unresolved: `no Service has the DNS name ${host}` };
}
