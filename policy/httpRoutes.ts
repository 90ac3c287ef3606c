import type { BackendRef, GatewaySpec, HttpRouteSpec, ParentRef } from "../model/traffic/gatewayApiKinds";
import { hidden, isElsewhere, metadataOf, type StackRule } from "./meshRules";
import type { Resource } from "./rules";

const group = "kubernetes:gateway.networking.k8s.io/v1";
/** Resources of a type, with their places and specs. */
const ofType = (resources: readonly Resource[], type: string) =>
  resources
    .filter((resource) => resource.type === type)
    .map((resource) => ({ ...resource, metadata: metadataOf(resource), spec: resource.props["spec"] }));

/** A reference to a backend, which may name another namespace. */
type Backend = BackendRef & { readonly namespace?: string };

/** The spec of a user's own HTTPRoute, where every list may be missing. */
type RouteSpec = Partial<HttpRouteSpec>;

const backendsOf = ({ rules = [] }: RouteSpec): Backend[] =>
  rules.flatMap(({ backendRefs = [], filters = [] }) => [
    ...backendRefs,
    ...filters.flatMap((filter) => (filter.type === "RequestMirror" ? filter.requestMirror.backendRef : [])),
  ]);

interface GrantSpec {
  readonly from: readonly { readonly kind: string; readonly namespace: string }[];
  readonly to: readonly { readonly kind: string; readonly name?: string }[];
}

/** True if a ReferenceGrant lets HTTPRoutes of a namespace use a Service of another one. */
const isGranted = (resources: readonly Resource[], from: string | undefined, { namespace, name }: Backend): boolean =>
  resources
    .filter(({ type }) => /^kubernetes:gateway\.networking\.k8s\.io\/\w+:ReferenceGrant$/.test(type))
    .filter((grant) => metadataOf(grant).namespace === namespace)
    .map(({ props }) => props["spec"] as GrantSpec)
    .some(
      (spec) =>
        spec.from.some((one) => one.kind === "HTTPRoute" && one.namespace === from) &&
        spec.to.some((one) => one.kind === "Service" && (one.name ?? name) === name),
    );

/** Requires the listeners and Services of HTTPRoutes to exist (otherwise 404 or 500), and one weight above 0. */
export const httpRoutesLeadSomewhere: StackRule = (resources) => {
  if (hidden(resources)) return [];
  const listeners = new Set(
    ofType(resources, `${group}:Gateway`).flatMap(({ metadata, spec }) =>
      (spec as GatewaySpec).listeners.map(({ name }) => `${metadata.namespace}/${metadata.name} ${name}`),
    ),
  );
  const services = new Set(
    ofType(resources, "kubernetes:core/v1:Service").map(({ metadata }) => `${metadata.namespace}/${metadata.name}`),
  );
  return ofType(resources, `${group}:HTTPRoute`).flatMap((resource) => {
    const { parentRefs = [], rules = [] } = resource.spec as RouteSpec;
    const own = resource.metadata.namespace;
    const placeOf = ({ namespace = own, name }: ParentRef | Backend) => `${namespace}/${name}`;
    const nowhere = parentRefs
      .filter(({ kind, namespace }) => kind === "Gateway" && !isElsewhere(namespace, resources))
      .filter(
        (parent) => parent.sectionName !== undefined && !listeners.has(`${placeOf(parent)} ${parent.sectionName}`),
      )
      .map((parent) => `Gateway ${placeOf(parent)} has no listener ${parent.sectionName}: requests would get 404`);
    const backends = backendsOf({ rules });
    const elsewhere = backends
      .filter((one) => (one.namespace ?? own) !== own && !isGranted(resources, own, one))
      .map((one) => `Service ${placeOf(one)} is in another namespace: without a ReferenceGrant requests would get 500`);
    const unknown = backends
      .filter((one) => (one.namespace ?? own) === own && !services.has(placeOf(one)))
      .map((one) => `Service ${placeOf(one)} does not exist: requests would get 500`);
    const none = rules
      .filter(({ backendRefs = [] }) => backendRefs.length > 0 && backendRefs.every(({ weight = 1 }) => weight === 0))
      .map(() => "all weights are 0: requests would get 500");
    return [...nowhere, ...elsewhere, ...unknown, ...none].map((message) => ({ resource: resource.name, message }));
  });
};
