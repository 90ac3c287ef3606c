import { injectLabel, injectorOf } from "../model/mesh/injection";
import { meshNamespace } from "../model/names";
import type { Resource } from "./rules";

/** What a resource breaks among all others. */
export interface Violation {
  readonly resource: string;
  readonly message: string;
}

/** What the resources of a stack break together. */
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

const metadataOf = ({ props }: Resource): Metadata => (props["metadata"] ?? {}) as Metadata;

/** Resources of one of Istio's kinds, each with its spec. */
const ofKind = <Kind extends keyof Specs>(resources: readonly Resource[], kind: Kind) =>
  resources
    .filter(({ type }) => type.startsWith("kubernetes:") && type.endsWith(`:${kind}`))
    .map((resource) => ({ ...resource, metadata: metadataOf(resource), spec: resource.props["spec"] as Specs[Kind] }));

/** What the rules compare. */
const compared = /^kubernetes:.*:(VirtualService|DestinationRule|Gateway|PeerAuthentication|Deployment|Namespace)$/;
/** Whether a preview hides what is compared: of a cluster that is not there yet, it shows nothing of what will live in it. */
const hidden = (resources: readonly Resource[]): boolean =>
  resources.some(({ type, props }) => compared.test(type) && props["metadata"] === undefined);

/** Routes that point at subsets and Gateways that exist, by weights that sum to 100: else the answer is 503 or 404. */
export const routesLeadSomewhere: StackRule = (resources) => {
  if (hidden(resources)) return [];
  const rules = ofKind(resources, "DestinationRule").map(({ spec }) => spec);
  const subsets = new Set(rules.flatMap(({ host, subsets = [] }) => subsets.map(({ name }) => `${host} ${name}`)));
  const gateways = new Set(
    ofKind(resources, "Gateway").map(({ metadata }) => `${metadata.namespace}/${metadata.name}`),
  );
  return ofKind(resources, "VirtualService").flatMap(({ name, metadata, spec }) => {
    const routes = (spec.http ?? []).flatMap(({ route = [], mirrors = [] }) => [...route, ...mirrors]);
    const unknown = routes
      .map(({ destination }) => destination)
      .filter(({ host, subset }) => subset !== undefined && !subsets.has(`${host} ${subset}`))
      .map(({ host, subset }) => `subset ${subset} of ${host} is in no DestinationRule: requests to it would get 503`);
    const nowhere = (spec.gateways ?? [])
      .filter((gateway) => gateway !== "mesh")
      .filter((gateway) => !gateways.has(gateway.includes("/") ? gateway : `${metadata.namespace}/${gateway}`))
      .map((gateway) => `Gateway ${gateway} does not exist: requests would get 404`);
    const uneven = (spec.http ?? [])
      .filter(({ route = [] }) => route.some(({ weight }) => weight !== undefined))
      .map(({ route = [] }) => route.reduce((sum, { weight = 0 }) => sum + weight, 0))
      .filter((sum) => sum !== 100)
      .map((sum) => `weights must sum to 100, not ${sum}`);
    return [...unknown, ...nowhere, ...uneven].map((message) => ({ resource: name, message }));
  });
};

/** No STRICT without sidecars: nothing would enforce it. Pods that say themselves that they want none are meant so. */
export const strictHasSidecars: StackRule = (resources) => {
  if (hidden(resources)) return [];
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
  const bare = (deployment: Resource): boolean => {
    const { template } = deployment.props["spec"] as { template?: { metadata?: Metadata } };
    const own = template?.metadata?.labels ?? {};
    const ofNamespace = namespaces.get(metadataOf(deployment).namespace) ?? {};
    return own[injectLabel] !== "false" && injectorOf(ofNamespace, own) === undefined;
  };
  const deployments = resources.filter(({ type }) => type === "kubernetes:apps/v1:Deployment");
  return deployments.filter(bare).flatMap((deployment) => {
    const rule = strictFor(metadataOf(deployment).namespace);
    const message = `has no sidecar while ${rule?.name} says STRICT: nothing would enforce it`;
    return rule ? [{ resource: deployment.name, message }] : [];
  });
};
