import { app, gateway } from "../names";
import { calls, type Target } from "../security/mtls";
import type { Settings } from "../settings/contract";

/** Namespace that everything of one run belongs to, also what lies in another: all goes when it goes. */
export interface Owner {
  readonly name: string;
  readonly uid: string;
}

/** A pod to call for a target beside the app's own port, with the Service that leads to it alone. */
export interface Bystander {
  readonly target: Target;
  readonly namespace: string;
  readonly name: string;
  readonly injected: boolean;
  readonly pod: object;
  readonly service: object;
  /** Path by which the ingress gateway leads to it. */
  readonly path: string;
  readonly host: string;
}

/** Container port of the app's kind of pod that the app's Service does not know. */
const otherPort = 8081;

/** Where the pods of each target lie, what marks them, and on which port they answer. */
const kinds = (own: string): readonly [Target, string, Readonly<Record<string, string>>, number][] => [
  ["appOtherPorts", app.namespace, { app: app.name }, otherPort],
  ["namespace", app.namespace, {}, app.containerPort],
  ["mesh", own, {}, app.containerPort],
];

/**
 * What has to be made to call each target.
 *
 * @param image - that answers like the app, on the port that the variable PORT names
 *
 * No other Service takes the pods for its own, whatever their labels: a gate that nobody opens keeps them unready.
 */
export function bystanders(owner: Owner, settings: Settings, image: string): Bystander[] {
  const injection = new Map(calls(settings).map(({ target, injected }) => [target, injected]));
  const ownerReferences = [{ apiVersion: "v1", kind: "Namespace", ...owner }];
  return kinds(owner.name).map(([target, namespace, labels, port]) => {
    const name = `${owner.name}-${target.toLowerCase()}`;
    const injected = injection.get(target) ?? false;
    const container = {
      name: "bystander",
      image,
      env: [{ name: "PORT", value: String(port) }],
      ports: [{ containerPort: port }],
      readinessProbe: { httpGet: { path: "/", port }, periodSeconds: 1 },
    };
    const marks = { ...labels, bystander: name, "sidecar.istio.io/inject": String(injected) };
    const gate = { conditionType: "bystander/never" };
    return {
      ...{ target, namespace, name, injected, path: `/${target.toLowerCase()}` },
      host: `${name}.${namespace}.svc.cluster.local`,
      pod: {
        metadata: { name, labels: marks, ownerReferences },
        spec: { terminationGracePeriodSeconds: 0, readinessGates: [gate], containers: [container] },
      },
      service: {
        metadata: { name, ownerReferences },
        spec: {
          selector: { bystander: name },
          publishNotReadyAddresses: true,
          ports: [{ name: "http", port: app.port, targetPort: port }],
        },
      },
    };
  });
}

/** The route from the ingress gateway to each of them, by a host of the run's own. */
export const bystanderRoutes = (host: string, them: readonly Bystander[]) => ({
  apiVersion: "networking.istio.io/v1",
  kind: "VirtualService",
  metadata: { name: "bystanders" },
  spec: {
    hosts: [host],
    gateways: [gateway.reference],
    http: them.map(({ path, host }) => ({
      match: [{ uri: { exact: path } }],
      route: [{ destination: { host, port: { number: app.port } } }],
    })),
  },
});
