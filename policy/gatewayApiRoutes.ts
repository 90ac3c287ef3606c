import { arePropertiesHidden, isOfAnotherProgram, metadataOf, type StackRule } from "./meshRules";
import type { Resource } from "./rules";

/** The effect of a mistake on a client of a route. */
interface Consequences {
  readonly noListener: string;
  readonly noBackend: string;
}

const closed: Consequences = {
  noListener: "connections would be closed",
  noBackend: "connections would be closed",
};

/**
 * Kinds of routes that Istio reads, each in all of its versions. There is no UDPRoute, since Istio does not read it
 * (https://istio.io/latest/docs/tasks/traffic-management/ingress/gateway-api/).
 */
const consequences: Readonly<Record<string, Consequences>> = {
  HTTPRoute: { noListener: "requests would get 404", noBackend: "requests would get 500" },
  GRPCRoute: { noListener: "calls would get UNIMPLEMENTED", noBackend: "calls would fail" },
  TLSRoute: closed,
  TCPRoute: closed,
};

/** A reference to another object. The Gateway API has a default for its kind and its namespace. */
interface Reference {
  readonly kind?: string;
  readonly name: string;
  readonly namespace?: string;
}

type Parent = Reference & { readonly sectionName?: string };
type Backend = Reference & { readonly weight?: number };

/** The spec of a route of any kind. Every list may be missing. */
interface RouteSpec {
  readonly parentRefs?: readonly Parent[];
  readonly rules?: readonly {
    readonly backendRefs?: readonly Backend[];
    readonly filters?: readonly { readonly requestMirror?: { readonly backendRef: Backend } }[];
  }[];
}

/** Resources of a kind of the Gateway API in any version, such as v1 and v1beta1, with their places and specs. */
const ofKind = <Spec>(resources: readonly Resource[], kind: string) =>
  resources
    .filter(({ type }) => new RegExp(`^kubernetes:gateway\\.networking\\.k8s\\.io/\\w+:${kind}$`).test(type))
    .map((resource) => ({ ...resource, metadata: metadataOf(resource), spec: resource.props["spec"] as Spec }));

/** Services to which a route sends requests or copies of them. Another program may own backends of other kinds. */
const servicesOf = ({ rules = [] }: RouteSpec): Backend[] =>
  rules
    .flatMap(({ backendRefs = [], filters = [] }) => [
      ...backendRefs,
      ...filters.flatMap(({ requestMirror }) => requestMirror?.backendRef ?? []),
    ])
    .filter(({ kind = "Service" }) => kind === "Service");

interface GrantSpec {
  readonly from: readonly { readonly kind: string; readonly namespace: string }[];
  readonly to: readonly { readonly kind: string; readonly name?: string }[];
}

/** True if a ReferenceGrant lets routes of a kind and a namespace use a Service of another namespace. */
const isGranted = (
  resources: readonly Resource[],
  from: { readonly kind: string; readonly namespace: string | undefined },
  { namespace, name }: Backend,
): boolean =>
  ofKind<GrantSpec>(resources, "ReferenceGrant")
    .filter(({ metadata }) => metadata.namespace === namespace)
    .some(
      ({ spec }) =>
        spec.from.some((source) => source.kind === from.kind && source.namespace === from.namespace) &&
        spec.to.some((target) => target.kind === "Service" && (target.name ?? name) === name),
    );

/** Requires the listeners and the Services of a kind of routes to exist, and one weight above 0. */
const targetsExist =
  (kind: string, { noListener, noBackend }: Consequences): StackRule =>
  (resources) => {
    const listeners = new Map(
      ofKind<{ listeners: readonly { readonly name: string }[] }>(resources, "Gateway").map(({ metadata, spec }) => [
        `${metadata.namespace}/${metadata.name}`,
        spec.listeners.map(({ name }) => name),
      ]),
    );
    const services = new Set(
      resources
        .filter(({ type }) => type === "kubernetes:core/v1:Service")
        .map((service) => `${metadataOf(service).namespace}/${metadataOf(service).name}`),
    );
    return ofKind<RouteSpec>(resources, kind).flatMap((resource) => {
      const { parentRefs = [], rules = [] } = resource.spec;
      const routeNamespace = resource.metadata.namespace;
      const placeOf = ({ namespace = routeNamespace, name }: Reference) => `${namespace}/${name}`;
      const missingListeners = parentRefs
        .filter(({ kind = "Gateway", namespace }) => kind === "Gateway" && !isOfAnotherProgram(namespace, resources))
        .flatMap((parent) => {
          const names = listeners.get(placeOf(parent));
          if (names === undefined) return `Gateway ${placeOf(parent)} does not exist: ${noListener}`;
          return parent.sectionName === undefined || names.includes(parent.sectionName)
            ? []
            : `Gateway ${placeOf(parent)} has no listener ${parent.sectionName}: ${noListener}`;
        });
      const backends = servicesOf(resource.spec);
      const notGranted = backends
        .filter(
          (backend) =>
            (backend.namespace ?? routeNamespace) !== routeNamespace &&
            !isGranted(resources, { kind, namespace: routeNamespace }, backend),
        )
        .map((backend) => `Service ${placeOf(backend)} is in another namespace: without a ReferenceGrant ${noBackend}`);
      const missingServices = backends
        .filter(
          (backend) => (backend.namespace ?? routeNamespace) === routeNamespace && !services.has(placeOf(backend)),
        )
        .map((backend) => `Service ${placeOf(backend)} does not exist: ${noBackend}`);
      const withoutWeight = rules
        .filter(({ backendRefs = [] }) => backendRefs.length > 0 && backendRefs.every(({ weight = 1 }) => weight === 0))
        .map(() => `all weights are 0: ${noBackend}`);
      return [...missingListeners, ...notGranted, ...missingServices, ...withoutWeight].map((message) => ({
        resource: resource.name,
        message,
      }));
    });
  };

const rules = Object.entries(consequences).map(([kind, consequence]) => targetsExist(kind, consequence));

/** Requires the listeners and Services of every route of the Gateway API to exist, and one weight above 0. */
export const gatewayApiRoutesLeadSomewhere: StackRule = (resources) =>
  arePropertiesHidden(resources) ? [] : rules.flatMap((rule) => rule(resources));
