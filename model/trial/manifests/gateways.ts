import { distance } from "fastest-levenshtein";
import { meshNamespace, gateway as ours } from "../../names";
import { ingressesFor } from "./ingresses";
import { groupOf } from "./kinds";
import { matchesLabels } from "./labels";
import { objectKey, type Texts, type UserObject } from "./objects";
import { leadsThroughOwnGateway, ownGateway } from "./ownGateway";
import { matchesHost } from "./services";
import { isGateway } from "./templates";

/** Entrance of requests from outside the cluster: a Service in front of gateway pods. */
export interface Entrance {
  /** Service, NAMESPACE/NAME. */
  readonly service: string;
  /** Labels of the gateway's pods. */
  readonly labels: Texts;
  /** Set for a gateway that this run makes, since nothing in the environment has its labels. */
  readonly made?: { readonly namespace: string; readonly name: string; readonly ports: readonly number[] };
}

/** The environment's own ingress gateway. */
export const ingress: Entrance = {
  service: `${meshNamespace}/${ours.release}`,
  labels: { app: ours.release, ...ours.selector },
};

/** Ports of its Service to which requests go. */
const ingressPorts: readonly number[] = [80, 443];

interface Server {
  readonly port?: { readonly number?: number };
  readonly hosts?: readonly string[];
  readonly tls?: { readonly credentialName?: string; readonly mode?: string };
}

export const isIstioGateway = ({ kind, apiVersion }: UserObject): boolean =>
  kind === "Gateway" && groupOf(apiVersion) === "networking.istio.io";
export const isApiGateway = ({ kind, apiVersion }: UserObject): boolean =>
  kind === "Gateway" && groupOf(apiVersion) === "gateway.networking.k8s.io";

export const serversOf = (gateway: UserObject): readonly Server[] => (gateway.spec?.servers ?? []) as Server[];
const selectorOf = (gateway: UserObject): Texts => (gateway.spec?.selector ?? {}) as Texts;

/** True if a value is probably a misspelling of another, and not the name of a second gateway, such as web-1 and web-2. */
const isSlip = (value: string, right: string): boolean =>
  value !== right &&
  distance(value, right) <= 2 &&
  // an egress gateway has nearly the same labels and is another thing
  value.includes("egress") === right.includes("egress") &&
  ![value, right].some((text) => /[-.][a-z0-9]{1,2}$/.test(text));

/** Labels of the gateways that there are: the environment's, and those of the user's own Deployments. */
const gatewayLabels = (objects: readonly UserObject[]): Texts[] => [
  ingress.labels,
  ...objects
    .filter(({ kind, spec }) => kind === "Deployment" && isGateway(spec?.template))
    .map(({ spec }) => (spec?.template?.metadata?.labels ?? {}) as Texts),
];

/** Labels of a gateway that a selector nearly has, with the right one as KEY: VALUE. */
function nearLabels(gateway: UserObject, objects: readonly UserObject[]): { label: string; labels: Texts } | undefined {
  const existingLabels = gatewayLabels(objects);
  if (existingLabels.some((labels) => matchesLabels(selectorOf(gateway), labels))) return undefined;
  for (const labels of existingLabels)
    for (const [key, value] of Object.entries(selectorOf(gateway))) {
      const right = labels[key];
      // the chart gives a release istio-NAME the labels app: istio-NAME and istio: NAME
      const isOfApp = key === "istio" && value !== right && value === labels["app"];
      if (right !== undefined && (isOfApp || isSlip(value, right))) return { label: `${key}: ${right}`, labels };
      const meant = Object.keys(labels).find((label) => right === undefined && distance(label, key) <= 2);
      if (meant && labels[meant] === value) return { label: `${meant}: ${value}`, labels };
    }
  return undefined;
}

/** Label of a gateway that a selector nearly has, as KEY: VALUE. */
export const misspelledLabel = (gateway: UserObject, objects: readonly UserObject[]): string | undefined =>
  nearLabels(gateway, objects)?.label;

/** Service in front of pods with these labels. */
const serviceOf = (labels: Texts, objects: readonly UserObject[], namespace?: string): UserObject | undefined =>
  objects.find(
    ({ kind, spec, $ }) =>
      kind === "Service" &&
      Object.keys(spec?.selector ?? {}).length > 0 &&
      matchesLabels(spec?.selector, labels) &&
      (namespace === undefined || namespace === $.namespace),
  );

/** Gateway pods that a selector means: the environment's, the user's own Deployment, or ones that this run makes. */
function entranceOfSelector(gateway: UserObject, objects: readonly UserObject[]): Entrance {
  const selector = selectorOf(gateway);
  if (matchesLabels(selector, ingress.labels)) return ingress;
  const deployment = objects.find(
    ({ kind, spec }) =>
      kind === "Deployment" &&
      isGateway(spec?.template) &&
      matchesLabels(selector, spec?.template?.metadata?.labels ?? {}),
  );
  const labels = (deployment?.spec?.template?.metadata?.labels ?? selector) as Texts;
  const service = serviceOf(labels, objects, deployment?.$.namespace);
  if (deployment && service) return { service: `${service.$.namespace}/${service.metadata.name}`, labels };
  // a gateway of the run's own would hide the mistake
  const near = nearLabels(gateway, objects);
  if (!deployment && near) {
    const meant = near.labels === ingress.labels ? undefined : serviceOf(near.labels, objects);
    return { service: meant ? `${meant.$.namespace}/${meant.metadata.name}` : ingress.service, labels: selector };
  }
  const siblings = objects
    .filter(isIstioGateway)
    .filter((other) => JSON.stringify(selectorOf(other)) === JSON.stringify(selector));
  const name = `istio-${selector["istio"] ?? gateway.metadata.name}`;
  // other resources may name the Service of an egress gateway by its usual namespace
  const usual = objects.some(({ spec }) => JSON.stringify(spec ?? {}).includes(`${name}.${meshNamespace}.svc`));
  const namespace = usual ? meshNamespace : gateway.$.namespace;
  const numbers = siblings.flatMap((sibling) => serversOf(sibling).map(({ port }) => port?.number ?? 80));
  const ports = [...new Set([80, 443, ...numbers])];
  return { service: `${namespace}/${name}`, labels: selector, made: { namespace, name, ports } };
}

/** Entrance of a Gateway of either API; istiod makes a Service for each Gateway of the Gateway API. */
export function entranceOf(gateway: UserObject, objects: readonly UserObject[]): Entrance {
  if (isIstioGateway(gateway)) return entranceOfSelector(gateway, objects);
  const address = (gateway.spec?.addresses ?? []).find(({ type }: { type?: string }) => type === "Hostname")?.value;
  const [name, namespace] = String(address ?? "").split(".");
  const service = address
    ? `${namespace}/${name}`
    : `${gateway.$.namespace}/${gateway.metadata.name}-${gateway.spec?.gatewayClassName ?? "istio"}`;
  if (service === ingress.service) return ingress;
  return { service, labels: { "gateway.networking.k8s.io/gateway-name": gateway.metadata.name } };
}

/** Ports that a Gateway opens at the environment's ingress gateway, and that the Service of that gateway does not have. */
export const portsWithoutService = (gateway: UserObject, objects: readonly UserObject[]): number[] =>
  isIstioGateway(gateway) && entranceOf(gateway, objects) === ingress
    ? serversOf(gateway).flatMap(({ port }) =>
        port?.number === undefined || ingressPorts.includes(port.number) ? [] : [port.number],
      )
    : [];

/** Gateways that this run has to make, each once. */
export function gatewaysToMake(objects: readonly UserObject[]): NonNullable<Entrance["made"] & { labels: Texts }>[] {
  const gatewayPods = objects.filter(isIstioGateway).flatMap((gateway) => {
    const { made, labels } = entranceOf(gateway, objects);
    return made ? [{ ...made, labels }] : [];
  });
  return [
    ...new Map(gatewayPods.map((gatewayPod) => [`${gatewayPod.namespace}/${gatewayPod.name}`, gatewayPod])).values(),
  ];
}

const listenerHosts = (gateway: UserObject): string[] =>
  isIstioGateway(gateway)
    ? serversOf(gateway).flatMap(({ hosts = [] }) => hosts)
    : ((gateway.spec?.listeners ?? []) as { hostname?: string }[]).map(({ hostname = "*" }) => hostname);

/** Entrance for a URL's host: the Gateway that names it, else any Gateway of the manifests, else the environment's. */
export function entranceForHost(host: string, objects: readonly UserObject[], named?: string): Entrance {
  const gateways = objects.filter((object) => isIstioGateway(object) || isApiGateway(object));
  const chosen = named && gateways.find((gateway) => objectKey(gateway) === named);
  if (chosen) return entranceOf(chosen, objects);
  if (named === ownGateway) return ingress;
  const serving = gateways.filter((gateway) => listenerHosts(gateway).some((pattern) => matchesHost(pattern, host)));
  const exact = serving.find((gateway) => listenerHosts(gateway).includes(host));
  if (!exact && ingressesFor(host, objects).length > 0) return ingress;
  if (!exact && leadsThroughOwnGateway(host, objects)) return ingress;
  const first = exact ?? serving[0] ?? gateways[0];
  return first ? entranceOf(first, objects) : ingress;
}
