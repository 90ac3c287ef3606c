import { isClientCredential, trustingRun } from "../certificates/authorities";
import { sidecarsForAmbient } from "../manifests/ambientParts";
import { objectKey, titleOf, type UserObject } from "../manifests/objects";
import { domainOfServices, type Service, serviceByDns } from "../manifests/services";
import { placeText } from "../manifests/source";
import { isMeshTelemetry, logging } from "./accessLogs";
import { trustOutside } from "./trustOutside";

/** A difference between the manifests and what a run applies, without which one machine could not test them. */
export interface Substitution {
  readonly object: string;
  readonly place: string;
  readonly did: string;
}

/** Placeholder for the address of the outside stand-in, which is known only after its Service is created. */
export const outsideAddress = "__OUTSIDE_ADDRESS__";

/** Inputs of a substitution beside the object itself. */
export interface SubstitutionInput {
  readonly services: readonly Service[];
  readonly objects: readonly UserObject[];
  /** Public key set of the run's tokens. */
  readonly jwks: string;
  /** Services that keep their external address, NAMESPACE/NAME: cases call them from outside the cluster by name. */
  readonly external?: ReadonlySet<string>;
}

type Change = { readonly object: UserObject; readonly did: readonly string[] };
type Rule = (object: UserObject, surroundings: SubstitutionInput) => Change | undefined;

interface Endpoint {
  readonly address?: string;
}

const serviceEntry: Rule = (object, { services }) => {
  const { spec = {} } = object;
  if (object.kind !== "ServiceEntry" || spec.workloadSelector) return undefined;
  const endpoints = (spec.endpoints ?? []) as Endpoint[];
  const inside = ({ address = "" }: Endpoint) => serviceByDns(address, "", services) !== undefined;
  if (spec.resolution === "STATIC" && endpoints.length > 0) {
    const next = endpoints.map((endpoint) => ({ ...endpoint, address: outsideAddress }));
    return {
      object: { ...object, spec: { ...spec, endpoints: next } },
      did: ["its endpoints are the stand-in `outside`"],
    };
  }
  if (!String(spec.resolution ?? "").startsWith("DNS")) return undefined;
  if (endpoints.length > 0 && endpoints.every(inside)) return undefined;
  const next = endpoints.length > 0 ? endpoints : [{}];
  // an address and no name: a proxy that fails to look a new name up tries again only after a minute
  const moved = next.map((endpoint) => (inside(endpoint) ? endpoint : { ...endpoint, address: outsideAddress }));
  const did = `${(spec.hosts ?? []).join(", ")} is the stand-in \`outside\` instead of its address in DNS`;
  return { object: { ...object, spec: { ...spec, endpoints: moved } }, did: [did] };
};

/** A workload outside of Kubernetes: no request may reach its real address. */
const workloadEntry: Rule = (object, { services }) => {
  const { spec = {} } = object;
  if (object.kind !== "WorkloadEntry" || serviceByDns(String(spec.address ?? ""), object.$.namespace, services))
    return undefined;
  return {
    object: { ...object, spec: { ...spec, address: outsideAddress } },
    did: ["its address is the stand-in `outside`"],
  };
};

const tokens: Rule = (object, { jwks }) => {
  if (object.kind !== "RequestAuthentication") return undefined;
  const rules = (object.spec?.jwtRules ?? []) as { issuer?: string; jwksUri?: string; jwks?: string }[];
  if (!rules.some(({ jwksUri, jwks }) => jwksUri && !jwks)) return undefined;
  const next = rules.map(({ jwksUri, ...rule }) =>
    jwksUri && !rule.jwks ? { ...rule, jwks } : { ...rule, ...(jwksUri && { jwksUri }) },
  );
  const did = "jwksUri is replaced by the run's own test key; fetching the real keys is not tested";
  return { object: { ...object, spec: { ...object.spec, jwtRules: next } }, did: [did] };
};

const service: Rule = (object, { external }) => {
  const { spec = {} } = object;
  if (object.kind !== "Service") return undefined;
  // istiod reads an ExternalName as another name of a host that it knows, so the name has to stay
  if (spec.type === "ExternalName" && !String(spec.externalName).endsWith(`.${domainOfServices}`))
    return {
      object,
      did: [`callers that look up its name reach the stand-in \`outside\`, and not ${spec.externalName}`],
    };
  if (!["LoadBalancer", "NodePort"].includes(spec.type)) return undefined;
  if (spec.type === "LoadBalancer" && external?.has(objectKey(object))) return undefined;
  const {
    type,
    externalIPs,
    loadBalancerIP,
    externalTrafficPolicy,
    allocateLoadBalancerNodePorts,
    healthCheckNodePort,
    ...rest
  } = spec;
  const ports = (rest.ports ?? []).map(({ nodePort, ...port }: { nodePort?: number }) => port);
  return {
    object: { ...object, spec: { ...rest, ports } },
    did: [`type ${type} is ClusterIP: no address and no node port is taken`],
  };
};

/** Names for the routes that have none: a proxy's access log then says which one a request took. */
const routeNames: Rule = (object) => {
  if (object.kind !== "VirtualService") return undefined;
  const http = (object.spec?.http ?? []) as { name?: string }[];
  if (http.every(({ name }) => name)) return undefined;
  const named = http.map((route, i) => ({ ...route, name: route.name ?? routeName(object, i) }));
  return { object: { ...object, spec: { ...object.spec, http: named } }, did: [] };
};

/** Name that a route without one gets. */
export const routeName = (object: UserObject, index: number): string => `${objectKey(object)}/${index}`;

/** The CA by which a rule that starts TLS verifies the server. */
const authority: Rule = (object, { objects }) => {
  const trusting = isClientCredential(object, objects) ? trustingRun(object) : undefined;
  const did = "its CA is that of this run, since the stand-in has no certificate by yours";
  return trusting && { object: trusting, did: [did] };
};

/** Access logs that a Telemetry of the user would switch off or send elsewhere. */
const telemetry: Rule = (object) => {
  const { accessLogging, ...spec } = object.spec ?? {};
  const isOfMesh = isMeshTelemetry(object);
  if (object.kind !== "Telemetry" || (accessLogging === undefined && !isOfMesh)) return undefined;
  const did = "proxies write their access logs as in every run, since reports derive their reasons from them";
  return { object: { ...object, spec: { ...spec, ...(isOfMesh && { accessLogging: logging }) } }, did: [did] };
};

const rules: readonly Rule[] = [
  service,
  serviceEntry,
  workloadEntry,
  trustOutside,
  authority,
  tokens,
  telemetry,
  routeNames,
  sidecarsForAmbient,
];

/** Applies every substitution to every object. */
export function applySubstitutions(input: SubstitutionInput): { objects: UserObject[]; changes: Substitution[] } {
  const changes: Substitution[] = [];
  const objects = input.objects.map((original) =>
    rules.reduce((object, rule) => {
      const change = rule(object, input);
      for (const did of change?.did ?? [])
        changes.push({ object: titleOf(object), place: placeText(object.$.place), did });
      return change?.object ?? object;
    }, original),
  );
  return { objects, changes };
}
