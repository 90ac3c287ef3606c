import type { Tests } from "../format/cases";
import { destinationRulesFor } from "../manifests/hosts";
import { matchesLabels } from "../manifests/labels";
import type { Texts, UserObject } from "../manifests/objects";
import { fqdnOf, type Service, serviceKey } from "../manifests/services";
import { isGateway, portsOf, type StandInPort, type Template, templateOf } from "../manifests/templates";

/** A workload that stands in for one of the user's. */
export interface StandIn {
  /** Name that its answers carry: NAMESPACE/SERVICE/VERSION, without the version where it has none. */
  readonly id: string;
  readonly namespace: string;
  readonly name: string;
  readonly kind: "Deployment" | "StatefulSet";
  readonly version: string;
  readonly labels: Texts;
  readonly annotations: Texts;
  /** Services that lead to it, by NAMESPACE/SERVICE. */
  readonly services: readonly string[];
  /** Ports that it listens on, with the names that Services ask for. */
  readonly ports: readonly StandInPort[];
  readonly replicas: number;
  readonly serviceAccount?: string;
  readonly sidecar?: boolean;
  /** For a StatefulSet, its headless Service. */
  readonly serviceName?: string;
}

const contains = (labels: Texts, selector: Texts): boolean =>
  Object.keys(selector).length > 0 && matchesLabels(selector, labels);

interface Subset {
  readonly name: string;
  readonly labels?: Texts;
}

/** Templates for the pods of a Service: one for each set of labels that its subsets and the test file require. */
function variants(service: Service, objects: readonly UserObject[], tests: Tests): Template[] {
  const { selector, name } = service;
  const subsets = destinationRulesFor(fqdnOf(service), objects).flatMap(
    ({ spec }) => (spec?.subsets ?? []) as readonly Subset[],
  );
  const versions = tests.workloads.get(serviceKey(service))?.versions ?? [];
  const wantedSets = [
    ...subsets.map(({ name: subset, labels = {} }) => ({ labels: { ...selector, ...labels }, name: subset })),
    ...versions.map((version) => ({ labels: { ...selector, version }, name: version })),
  ];
  const distinct = new Map(wantedSets.map((wanted) => [JSON.stringify(Object.entries(wanted.labels).sort()), wanted]));
  // a subset without labels of its own is every pod of the Service
  const narrower = [...distinct.values()].filter(
    ({ labels }) => Object.keys(labels).length > Object.keys(selector).length,
  );
  const common = { kind: "Deployment", annotations: {}, containerPorts: [] } as const;
  if (narrower.length === 0) return [{ ...common, name, labels: selector, version: selector["version"] ?? "" }];
  return narrower.map(({ labels, name: subset }) => {
    const version = labels["version"] ?? subset;
    return { ...common, name: `${name}-${version}`.toLowerCase(), labels, version };
  });
}

/** True if a traffic policy has an effect only among several pods. */
const needsReplicas = (policy: unknown): boolean =>
  /consistentHash|outlierDetection|localityLbSetting/.test(JSON.stringify(policy));

/** One stand-in for each distinct set of labels of a Deployment, a subset or a Service. */
export function standInsFor(services: readonly Service[], objects: readonly UserObject[], tests: Tests): StandIn[] {
  const workloads = objects.filter(
    ({ kind, spec }) => (kind === "Deployment" || kind === "StatefulSet") && !isGateway(spec?.template),
  );
  // a Service in front of the user's own gateway leads to the gateway
  const gateways = objects.filter(({ kind, spec }) => kind === "Deployment" && isGateway(spec?.template));
  const isOfGateway = ({ namespace, selector }: Service) =>
    gateways.some((gateway) => gateway.$.namespace === namespace && contains(templateOf(gateway).labels, selector));
  const inNamespace = (namespace: string) => workloads.filter(({ $ }) => $.namespace === namespace).map(templateOf);
  const namespaces = [...new Set([...services, ...workloads.map(({ $ }) => $)].map(({ namespace }) => namespace))];
  return namespaces.flatMap((namespace) => {
    const declared = inNamespace(namespace);
    const local = services.filter((service) => service.namespace === namespace);
    const withoutWorkload = local.filter(
      (service) =>
        Object.keys(service.selector).length > 0 &&
        !declared.some(({ labels }) => contains(labels, service.selector)) &&
        !isOfGateway(service),
    );
    const templates = withoutWorkload.flatMap((service) => variants(service, objects, tests));
    const distinct = new Map(
      templates.map((template) => [JSON.stringify(Object.entries(template.labels).sort()), template]),
    );
    return [...declared, ...distinct.values()].map((template) => {
      const servicesOfPod = local.filter(({ selector }) => contains(template.labels, selector));
      return standIn(namespace, template, servicesOfPod, objects, tests);
    });
  });
}

interface Ingress {
  readonly port?: { readonly number?: number; readonly name?: string };
  readonly defaultEndpoint?: string;
}

/** A template that does not name its ports, with those to which a Sidecar forwards inside of the pod. */
function withForwardedPorts(namespace: string, template: Template, objects: readonly UserObject[]): Template {
  if (template.containerPorts.length > 0) return template;
  const containerPorts = objects
    .filter(({ kind, $ }) => kind === "Sidecar" && $.namespace === namespace)
    .filter(({ spec }) => matchesLabels((spec?.workloadSelector?.labels ?? {}) as Texts, template.labels))
    .flatMap(({ spec }) => (spec?.ingress ?? []) as readonly Ingress[])
    .flatMap(({ defaultEndpoint }) => Number(/^[^/]*:(\d+)$/.exec(defaultEndpoint ?? "")?.[1] ?? 0) || [])
    .map((containerPort) => ({ containerPort }));
  return { ...template, containerPorts };
}

function standIn(
  namespace: string,
  template: Template,
  services: readonly Service[],
  objects: readonly UserObject[],
  tests: Tests,
): StandIn {
  const workload = services.map((service) => tests.workloads.get(serviceKey(service))).find(Boolean);
  const rules = services.flatMap((service) => destinationRulesFor(fqdnOf(service), objects));
  const wantedReplicas = template.replicas ?? (rules.some(({ spec }) => needsReplicas(spec)) ? 3 : 1);
  const { name, kind, version, labels, annotations, serviceAccount, serviceName } = template;
  const title = services[0]?.name ?? name;
  return {
    id: [namespace, title, version].filter(Boolean).join("/"),
    namespace,
    name,
    kind,
    version,
    labels,
    annotations,
    services: services.map(serviceKey),
    ports: portsOf(withForwardedPorts(namespace, template, objects), services),
    replicas: workload?.replicas ?? Math.min(3, wantedReplicas),
    ...(serviceAccount && { serviceAccount }),
    ...(serviceName && { serviceName }),
    ...(workload?.sidecar !== undefined && { sidecar: workload.sidecar }),
  };
}

/** True if a name in a test file refers to this stand-in. Names are SERVICE, SERVICE/VERSION, NAMESPACE/SERVICE or all three. */
export function isNamed(name: string, { namespace, services, version, id }: StandIn): boolean {
  if (name === id) return true;
  const serviceNames = services.map((service) => service.split("/")[1] ?? "");
  const [first = "", second, third] = name.split("/");
  if (third !== undefined) return first === namespace && serviceNames.includes(second ?? "") && third === version;
  if (second !== undefined)
    return (
      (first === namespace && serviceNames.includes(second)) || (serviceNames.includes(first) && second === version)
    );
  return serviceNames.includes(first) || (version !== "" && first === version);
}
