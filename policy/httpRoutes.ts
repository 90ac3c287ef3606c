import type { BackendRef, GatewaySpec, HttpRouteSpec, ParentRef } from "../model/traffic/gatewayApiKinds";
import { hidden, metadataOf, type StackRule } from "./meshRules";
import type { Resource } from "./rules";

const group = "kubernetes:gateway.networking.k8s.io/v1";
/** Resources of a type, with their places and specs. */
const ofType = (resources: readonly Resource[], type: string) =>
  resources
    .filter((resource) => resource.type === type)
    .map((resource) => ({ ...resource, metadata: metadataOf(resource), spec: resource.props["spec"] }));

/** A reference to a backend, which may name another namespace. */
type Backend = BackendRef & { readonly namespace?: string };

const backendsOf = ({ rules }: HttpRouteSpec): Backend[] =>
  rules.flatMap(({ backendRefs = [], filters = [] }) => [
    ...backendRefs,
    ...filters.flatMap((filter) => (filter.type === "RequestMirror" ? filter.requestMirror.backendRef : [])),
  ]);

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
    const spec = resource.spec as HttpRouteSpec;
    const own = resource.metadata.namespace;
    const placeOf = ({ namespace = own, name }: ParentRef | Backend) => `${namespace}/${name}`;
    const nowhere = spec.parentRefs
      .filter(({ kind }) => kind === "Gateway")
      .filter(
        (parent) => parent.sectionName !== undefined && !listeners.has(`${placeOf(parent)} ${parent.sectionName}`),
      )
      .map((parent) => `Gateway ${placeOf(parent)} has no listener ${parent.sectionName}: requests would get 404`);
    const backends = backendsOf(spec);
    const elsewhere = backends
      .filter(({ namespace = own }) => namespace !== own)
      .map((one) => `Service ${placeOf(one)} is in another namespace: without a ReferenceGrant requests would get 500`);
    const unknown = backends
      .filter((one) => (one.namespace ?? own) === own && !services.has(placeOf(one)))
      .map((one) => `Service ${placeOf(one)} does not exist: requests would get 500`);
    const none = spec.rules
      .filter(({ backendRefs = [] }) => backendRefs.length > 0 && backendRefs.every(({ weight = 1 }) => weight === 0))
      .map(() => "all weights are 0: requests would get 500");
    return [...nowhere, ...elsewhere, ...unknown, ...none].map((message) => ({ resource: resource.name, message }));
  });
};
