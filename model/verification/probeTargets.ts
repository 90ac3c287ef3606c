import { memberLabels } from "../mesh/injection";
import { app, gateway } from "../names";
import { callOutcomes, type Target } from "../security/mtls";
import type { Settings } from "../settings/contract";
import { gatewayApiVersion, ruleTo, toListener } from "../traffic/gatewayApi";

/** Namespace that owns all objects of one run, also those in other namespaces: Kubernetes removes them with it. */
export interface Owner {
  readonly name: string;
  readonly uid: string;
}

/** A pod for a target other than the app's own port, with a Service for this pod alone. */
export interface ProbeTarget {
  readonly target: Target;
  readonly namespace: string;
  readonly name: string;
  readonly isMember: boolean;
  readonly pod: object;
  readonly service: { readonly metadata: object; readonly spec: object };
  /** Path by which the ingress gateway routes to it. */
  readonly path: string;
  readonly host: string;
}

/** A container port that the app's Service does not have. */
const otherPort = 8081;

/** Namespace, labels and port of the pod for each target. */
const podsOf = (runNamespace: string): readonly [Target, string, Readonly<Record<string, string>>, number][] => [
  ["appOtherPorts", app.namespace, { app: app.name }, otherPort],
  ["namespace", app.namespace, {}, app.containerPort],
  ["mesh", runNamespace, {}, app.containerPort],
];

/**
 * The objects that a run creates to call each target. The pods have a readiness gate that is never satisfied, so no other
 * Service routes to them, even if its selector matches.
 *
 * @param image - answers like the app, on the port in the variable PORT
 */
export function probeTargets(owner: Owner, settings: Settings, image: string): ProbeTarget[] {
  const members = new Map(callOutcomes(settings).map(({ target, isMember }) => [target, isMember]));
  const ownerReferences = [{ apiVersion: "v1", kind: "Namespace", ...owner }];
  return podsOf(owner.name).map(([target, namespace, labels, port]) => {
    const name = `${owner.name}-${target.toLowerCase()}`;
    const isMember = members.get(target) ?? false;
    const container = {
      name: "probe-target",
      image,
      env: [{ name: "PORT", value: String(port) }],
      ports: [{ containerPort: port }],
      readinessProbe: { httpGet: { path: "/", port }, periodSeconds: 1 },
    };
    const targetLabels = { ...labels, "probe-target": name, ...memberLabels(settings.dataplane, isMember) };
    const gate = { conditionType: "probe-target/never" };
    return {
      ...{ target, namespace, name, isMember, path: `/${target.toLowerCase()}` },
      host: `${name}.${namespace}.svc.cluster.local`,
      pod: {
        metadata: { name, labels: targetLabels, ownerReferences },
        spec: { terminationGracePeriodSeconds: 0, readinessGates: [gate], containers: [container] },
      },
      service: {
        metadata: { name, ownerReferences },
        spec: {
          selector: { "probe-target": name },
          publishNotReadyAddresses: true,
          ports: [{ name: "http", port: app.port, targetPort: port }],
        },
      },
    };
  });
}

/** A route of the ingress gateway, with the path at the API server under which it is created. */
export interface ProbeRoute {
  readonly collection: string;
  readonly route: {
    readonly apiVersion: string;
    readonly kind: string;
    readonly metadata: object;
    readonly spec: object;
  };
}

const virtualService = (host: string, namespace: string, targets: readonly ProbeTarget[]): ProbeRoute => ({
  collection: `/apis/networking.istio.io/v1/namespaces/${namespace}/virtualservices`,
  route: {
    apiVersion: "networking.istio.io/v1",
    kind: "VirtualService",
    metadata: { name: "probe-targets" },
    spec: {
      hosts: [host],
      gateways: [gateway.reference],
      http: targets.map(({ path, host }) => ({
        match: [{ uri: { exact: path } }],
        route: [{ destination: { host, port: { number: app.port } } }],
      })),
    },
  },
});

/** Route in the namespace of its target: a backend in another namespace would need a ReferenceGrant. */
const httpRoute = (host: string, { name, namespace, path, service }: ProbeTarget): ProbeRoute => ({
  collection: `/apis/${gatewayApiVersion}/namespaces/${namespace}/httproutes`,
  route: {
    apiVersion: gatewayApiVersion,
    kind: "HTTPRoute",
    metadata: service.metadata,
    spec: {
      parentRefs: [toListener("https")],
      hostnames: [host],
      rules: [ruleTo(name, app.port, [{ path: { type: "Exact", value: path } }])],
    },
  },
});

/**
 * The ingress gateway's routes to the targets.
 *
 * @param host - of this run alone
 * @param namespace - of this run alone
 */
export const probeRoutes = (
  host: string,
  namespace: string,
  targets: readonly ProbeTarget[],
  { routing }: Pick<Settings, "routing">,
): ProbeRoute[] =>
  routing === "istio" ? [virtualService(host, namespace, targets)] : targets.map((target) => httpRoute(host, target));
