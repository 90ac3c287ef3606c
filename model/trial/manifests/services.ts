import { type KubeObject, plainObject, type Texts, type UserObject } from "./objects";

export interface ServicePort {
  readonly name: string;
  readonly number: number;
  readonly target: number | string;
}

/** A Service of the manifests, or one that a test file declares. */
export interface Service {
  readonly namespace: string;
  readonly name: string;
  readonly selector: Texts;
  readonly ports: readonly ServicePort[];
  readonly headless: boolean;
  readonly object: KubeObject;
}

/** Name of a Service in a test file. */
export const serviceKey = ({ namespace, name }: { namespace: string; name: string }): string => `${namespace}/${name}`;

/** Namespace of an object or a pod that is named NAMESPACE/NAME. */
export const namespaceOf = (key: string): string => key.split("/")[0] ?? "";

export const domainOfServices = "svc.cluster.local";
export const fqdnOf = ({ namespace, name }: { namespace: string; name: string }): string =>
  `${name}.${namespace}.${domainOfServices}`;

/** Name of a Service in messages. */
export const serviceTitle = (service: { namespace: string; name: string }): string => `Service ${serviceKey(service)}`;

/** Service with a full DNS name, such as web.shop.svc.cluster.local. */
export const serviceByFqdn = (fqdn: string | undefined, services: readonly Service[]): Service | undefined =>
  services.find((service) => fqdnOf(service) === fqdn);

/** Full DNS name of a Service that is named NAMESPACE/NAME. */
export const fqdnOfKey = (key: string): string => {
  const [namespace = "", name = ""] = key.split("/");
  return fqdnOf({ namespace, name });
};

/** The name that a test file uses, for a DNS name such as `reviews.shop` or its longer forms. Undefined for other names. */
export function keyOfDnsName(name: string): string | undefined {
  const [, service, namespace] = /^([a-z0-9-]+)\.([a-z0-9-]+)(?:\.svc(?:\.cluster\.local)?)?$/.exec(name) ?? [];
  return service && namespace && serviceKey({ namespace, name: service });
}

/** The end of a message that suggests another name. */
export const didYouMean = (name: string | undefined): string => (name ? `; did you mean ${name}?` : "");

interface PortSpec {
  readonly name?: string;
  readonly port: number;
  readonly targetPort?: number | string;
}

/** A Service as the rest of this folder reads it. */
export function serviceOf(object: UserObject | KubeObject): Service {
  const spec = (object.spec ?? {}) as { selector?: Texts; ports?: readonly PortSpec[]; clusterIP?: string };
  return {
    namespace: object.metadata.namespace ?? "default",
    name: object.metadata.name,
    selector: spec.selector ?? {},
    ports: (spec.ports ?? []).map(({ name = "", port, targetPort = port }) => ({
      name,
      number: port,
      target: targetPort,
    })),
    headless: spec.clusterIP === "None",
    object: "$" in object ? plainObject(object as UserObject) : object,
  };
}

/**
 * Name of a host in Istio's own resources: a name without a dot belongs to the resource's namespace, and any other name
 * stays as it is (https://istio.io/latest/docs/reference/config/networking/virtual-service/#Destination).
 */
export const istioHost = (host: string, namespace: string): string =>
  host.includes(".") || host === "*" ? host : `${host}.${namespace}.${domainOfServices}`;

/** Service that a pod of a namespace reaches by a DNS name, through the search path of its resolv.conf. */
export function serviceByDns<S extends { namespace: string; name: string }>(
  host: string,
  namespace: string,
  services: readonly S[],
): S | undefined {
  const [name, other = namespace, ...rest] = host.replace(/\.$/, "").split(".");
  const suffix = rest.join(".");
  if (suffix !== "" && suffix !== "svc" && suffix !== domainOfServices) return undefined;
  return services.find((service) => service.name === name && service.namespace === other);
}

/** True if a host pattern of Istio, such as `*.example.com`, matches a host. */
export function matchesHost(pattern: string, host: string): boolean {
  const bare = pattern.includes("/") ? (pattern.split("/")[1] ?? "") : pattern;
  return bare === "*" || bare === host || (bare.startsWith("*.") && host.endsWith(bare.slice(1)));
}
