import { dataplaneLabel, injectLabel, injectorOf, isInAmbient } from "../model/mesh/injection";
import { meshNamespace } from "../model/names";
import { istioHost } from "../model/trial/manifests/services";
import type { Resource } from "./rules";

/** Violation of a stack rule by one resource. */
export interface Violation {
  readonly resource: string;
  readonly message: string;
}

/** A rule about all resources of a stack. */
export type StackRule = (resources: readonly Resource[]) => Violation[];

interface Metadata {
  readonly name?: string;
  readonly namespace?: string;
  readonly labels?: Readonly<Record<string, string>>;
}
interface Destination {
  readonly destination: { readonly host: string; readonly subset?: string };
  readonly weight?: number;
}
interface Specs {
  readonly VirtualService: {
    readonly gateways?: readonly string[];
    readonly http?: readonly { readonly route?: readonly Destination[]; readonly mirrors?: readonly Destination[] }[];
  };
  readonly DestinationRule: { readonly host: string; readonly subsets?: readonly { readonly name: string }[] };
  readonly Gateway: object;
  readonly PeerAuthentication: {
    readonly mtls?: { readonly mode?: string };
    readonly portLevelMtls?: Readonly<Record<string, { readonly mode?: string }>>;
  };
}

export const metadataOf = ({ props }: Resource): Metadata => (props["metadata"] ?? {}) as Metadata;

/** Resources of an Istio kind, with their specs. */
const ofKind = <Kind extends keyof Specs>(resources: readonly Resource[], kind: Kind) =>
  resources
    .filter(({ type }) => /^kubernetes:\w+\.istio\.io\//.test(type) && type.endsWith(`:${kind}`))
    .map((resource) => ({ ...resource, metadata: metadataOf(resource), spec: resource.props["spec"] as Specs[Kind] }));

/** Types of the resources that the rules compare. */
const compared =
  /^kubernetes:.*:(VirtualService|DestinationRule|Gateway|(HTTP|GRPC|TLS|TCP)Route|PeerAuthentication|Deployment|Namespace)$/;
/** True in the preview of a cluster that does not exist yet, where the properties of its resources are unknown. */
export const arePropertiesHidden = (resources: readonly Resource[]): boolean =>
  resources.some(({ type, props }) => compared.test(type) && props["metadata"] === undefined);

/**
 * True for the namespace of the control plane when another program owns it, as in a stack of `trial/`.
 * The Gateways there are then not among the resources.
 */
export const isOfAnotherProgram = (namespace: string | undefined, resources: readonly Resource[]): boolean =>
  namespace === meshNamespace &&
  !resources.some(
    (resource) =>
      /^kubernetes:core\/v1:Namespace(Patch)?$/.test(resource.type) && metadataOf(resource).name === namespace,
  );

/** Requires subsets and Gateways of routes to exist (otherwise 503 or 404), and weights to sum to 100. */
export const routesLeadSomewhere: StackRule = (resources) => {
  if (arePropertiesHidden(resources)) return [];
  const subsets = new Set(
    ofKind(resources, "DestinationRule").flatMap(({ metadata, spec: { host, subsets = [] } }) =>
      subsets.map(({ name }) => `${istioHost(host, metadata.namespace ?? "default")} ${name}`),
    ),
  );
  const gateways = new Set(
    ofKind(resources, "Gateway").map(({ metadata }) => `${metadata.namespace}/${metadata.name}`),
  );
  return ofKind(resources, "VirtualService").flatMap(({ name, metadata, spec }) => {
    const routes = (spec.http ?? []).flatMap(({ route = [], mirrors = [] }) => [...route, ...mirrors]);
    const missingSubsets = routes
      .map(({ destination }) => destination)
      .filter(({ subset }) => subset !== undefined)
      .filter(({ host, subset }) => !subsets.has(`${istioHost(host, metadata.namespace ?? "default")} ${subset}`))
      .map(({ host, subset }) => `subset ${subset} of ${host} is in no DestinationRule: requests to it would get 503`);
    const missingGateways = (spec.gateways ?? [])
      .filter((gateway) => gateway !== "mesh" && !isOfAnotherProgram(/^(.*)\//.exec(gateway)?.[1], resources))
      .filter((gateway) => !gateways.has(gateway.includes("/") ? gateway : `${metadata.namespace}/${gateway}`))
      .map((gateway) => `Gateway ${gateway} does not exist: requests would get 404`);
    const wrongSums = (spec.http ?? [])
      .filter(({ route = [] }) => route.some(({ weight }) => weight !== undefined))
      .map(({ route = [] }) => route.reduce((sum, { weight = 0 }) => sum + weight, 0))
      .filter((sum) => sum !== 100)
      .map((sum) => `weights must sum to 100, not ${sum}`);
    return [...missingSubsets, ...missingGateways, ...wrongSums].map((message) => ({ resource: name, message }));
  });
};

/**
 * Rejects STRICT for pods that are no members of the mesh, by a sidecar or in ambient, since nothing enforces it there.
 * Ignores pods whose own label keeps them out.
 */
export const strictIsEnforced: StackRule = (resources) => {
  if (arePropertiesHidden(resources)) return [];
  const strict = ofKind(resources, "PeerAuthentication").filter(({ spec }) =>
    [spec.mtls, ...Object.values(spec.portLevelMtls ?? {})].some((mtls) => mtls?.mode === "STRICT"),
  );
  const strictFor = (namespace: string | undefined) =>
    strict.find(({ metadata }) => [meshNamespace, namespace].includes(metadata.namespace));
  const namespaces = new Map(
    resources
      .filter(({ type }) => /^kubernetes:core\/v1:Namespace(Patch)?$/.test(type))
      .map((resource) => [metadataOf(resource).name, metadataOf(resource).labels ?? {}]),
  );
  const isOutside = (deployment: Resource): boolean => {
    const { template } = deployment.props["spec"] as { template?: { metadata?: Metadata } };
    const podLabels = template?.metadata?.labels ?? {};
    const namespaceLabels = namespaces.get(metadataOf(deployment).namespace) ?? {};
    const isKeptOut = podLabels[injectLabel] === "false" || podLabels[dataplaneLabel] === "none";
    return (
      !isKeptOut && injectorOf(namespaceLabels, podLabels) === undefined && !isInAmbient(namespaceLabels, podLabels)
    );
  };
  const deployments = resources.filter(({ type }) => type === "kubernetes:apps/v1:Deployment");
  return deployments.filter(isOutside).flatMap((deployment) => {
    const rule = strictFor(metadataOf(deployment).namespace);
    const message = `has no sidecar and is not in ambient while ${rule?.name} says STRICT: nothing would enforce it`;
    return rule ? [{ resource: deployment.name, message }] : [];
  });
};
