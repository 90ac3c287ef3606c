import type { Texts, UserObject } from "./objects";
import type { Service } from "./services";

/** Labels, ports and identity of the pods of a workload. */
export interface Template {
  readonly name: string;
  readonly kind: "Deployment" | "StatefulSet";
  readonly labels: Texts;
  readonly annotations: Texts;
  readonly containerPorts: readonly { readonly name?: string; readonly containerPort: number }[];
  readonly replicas?: number;
  readonly serviceAccount?: string;
  readonly serviceName?: string;
  readonly version: string;
}

interface PodTemplate {
  readonly metadata?: { readonly labels?: Texts; readonly annotations?: Texts };
  readonly spec?: {
    readonly serviceAccountName?: string;
    readonly nodeSelector?: Texts;
    readonly containers?: readonly { readonly ports?: Template["containerPorts"] }[];
  };
}

/** A Deployment that runs a gateway of Istio's own is no stand-in. */
export const isGateway = (template: PodTemplate | undefined): boolean =>
  /gateway/.test(template?.metadata?.annotations?.["inject.istio.io/templates"] ?? "");

/**
 * Label by which Istio knows the locality of a pod, for one that a nodeSelector places into a region: no node of a run has
 * the labels of the user's nodes. Empty for other pods.
 *
 * @see https://istio.io/latest/docs/tasks/traffic-management/locality-load-balancing/before-you-begin/
 */
export function localityOf(template: PodTemplate | undefined): Texts {
  const { nodeSelector = {} } = template?.spec ?? {};
  const [region, zone] = ["region", "zone"].map((name) => nodeSelector[`topology.kubernetes.io/${name}`]);
  // a dot separates region and zone in the label
  if (!region || /\./.test(`${region}${zone ?? ""}`)) return {};
  return { "istio-locality": zone ? `${region}.${zone}` : region };
}

/** Settings of a template that choose its nodes. */
export const placements = ["nodeSelector", "affinity", "tolerations", "topologySpreadConstraints"] as const;

/** The template of a Deployment or StatefulSet of the manifests. */
export function templateOf({ metadata, kind, spec }: UserObject): Template {
  const template = (spec?.template ?? {}) as PodTemplate;
  const labels = { ...localityOf(template), ...template.metadata?.labels };
  return {
    name: metadata.name,
    kind: kind as Template["kind"],
    labels,
    annotations: template.metadata?.annotations ?? {},
    containerPorts: (template.spec?.containers ?? []).flatMap(({ ports = [] }) => ports),
    ...(spec?.replicas !== undefined && { replicas: spec.replicas as number }),
    ...(template.spec?.serviceAccountName && { serviceAccount: template.spec.serviceAccountName }),
    ...(spec?.serviceName && { serviceName: spec.serviceName as string }),
    version: labels["version"] ?? "",
  };
}

/** Port of a stand-in, with the name by which a Service refers to it. */
export interface StandInPort {
  readonly name?: string;
  readonly number: number;
}

/** Ports of a template that the Services which select it ask for; a named port that no container has gets a number. */
export function portsOf(template: Template, services: readonly Service[]): StandInPort[] {
  const targets = new Set(services.flatMap(({ ports }) => ports.map(({ target }) => target)));
  const named = new Map(template.containerPorts.map(({ name = "", containerPort }) => [name, containerPort]));
  let free = 10_080;
  const ports = [...targets].map((target) =>
    typeof target === "number" ? { number: target } : { name: target, number: named.get(target) ?? free++ },
  );
  const known = new Set(ports.map(({ number }) => number));
  return [
    ...ports,
    ...template.containerPorts
      .filter(({ containerPort }) => !known.has(containerPort))
      .map(({ containerPort }) => ({ number: containerPort })),
  ];
}
