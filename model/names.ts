/** Names that several parts of the environment share. */

/** Project name in Pulumi.yaml, the prefix of configuration keys and of component types. */
export const project = "istio-on-k3d";

/** Type token of a component. A change without an alias would replace all its children. */
export const componentType = (name: string): string => `${project}:index:${name}`;

/**
 * File into which `npm start` writes the certificates of the CAs. Each stack has its own file.
 *
 * @param stack - NAME, or ORGANIZATION/NAME where the backend has organizations
 */
export function caFile(stack: string): string {
  const name = stack.split("/").at(-1);
  return name === "dev" ? "ca.pem" : `ca-${name}.pem`;
}

export const metallbNamespace = "metallb-system";
/** Istio's root namespace: istiod, the ingress gateway, the Gateway and its certificate. */
export const meshNamespace = "istio-system";

export const app = {
  name: "helloworld",
  namespace: "helloworld",
  port: 80,
  containerPort: 8080,
  subsets: ["v1", "v2"],
} as const;
export type Subset = (typeof app.subsets)[number];

/** Host name of the Service inside the cluster, for DestinationRules and destinations. */
export const serviceHost = `${app.name}.${app.namespace}.svc.cluster.local`;

/** Service of one version alone: a backend of the Gateway API has no subsets. */
export const versionService = (subset: Subset): string => `${app.name}-${subset}`;

/** Regular expression for the names of the app's Services in Istio's metrics: the one for both versions, or those of one. */
export const appServices = [app.name, ...app.subsets.map(versionService)].join("|");

/** Host name of the app for clients outside the cluster. */
export const publicHost = (domain: string): string => `${app.name}.${domain}`;

export const gateway = {
  name: "ingressgateway",
  /** Reference from other namespaces. Without the namespace nothing matches, and the response is 404. */
  reference: `${meshNamespace}/ingressgateway`,
  /** Helm release; the chart derives the label `istio: ingressgateway` from it. */
  release: "istio-ingressgateway",
  /** Host name of the Service inside the cluster, the address of a Gateway of the Gateway API. */
  service: `istio-ingressgateway.${meshNamespace}.svc.cluster.local`,
  selector: { istio: "ingressgateway" },
  credentialName: "wildcard-credential",
  /**
   * NodePorts. k3d publishes http and https on the host.
   *
   * Kubernetes does not assign ports from 30000 to 30085 dynamically
   * (https://kubernetes.io/blog/2023/05/11/nodeport-dynamic-and-static-allocation/).
   */
  nodePorts: { status: 30021, http: 30080, https: 30043 },
} as const;

/** Value of the label that names a stack. It may be the same in two checkouts. */
export const ownerOf = (project: string, stack: string): string => `${project}/${stack}`;

/** Response header that names the subset of a response, also of an error without a body. */
export const subsetHeader = "x-subset";
/** Response header with the weight by which the gateway routed. It shows that a gateway has a changed configuration. */
export const weightHeader = "x-canary-weight";
