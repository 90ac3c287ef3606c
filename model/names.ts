/** Names that several parts of the environment have to agree on. */

/** Project name in Pulumi.yaml: prefix of configuration keys and of component types. */
export const project = "istio-on-k3d";

/** Type token of a component; changing one without an alias replaces everything below it. */
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

/** Name inside the cluster; a DestinationRule must use this one, not the host that the world sees. */
export const serviceHost = `${app.name}.${app.namespace}.svc.cluster.local`;

/** Host that the world sees. */
export const publicHost = (domain: string): string => `${app.name}.${domain}`;

export const gateway = {
  name: "ingressgateway",
  /** A reference from another namespace needs the namespace, or nothing matches and the answer is 404. */
  reference: `${meshNamespace}/ingressgateway`,
  /** Helm release; the chart derives the label `istio: ingressgateway` from it. */
  release: "istio-ingressgateway",
  selector: { istio: "ingressgateway" },
  credentialName: "wildcard-credential",
  /**
   * Ports of every node, of which k3d publishes http and https on the host.
   *
   * All from 30000 to 30085, which Kubernetes gives to no port that asks for none in particular
   * (https://kubernetes.io/blog/2023/05/11/nodeport-dynamic-and-static-allocation/).
   */
  nodePorts: { status: 30021, http: 30080, https: 30043 },
} as const;

/** Value of the label that names a stack; two checkouts may share it. */
export const ownerOf = (project: string, stack: string): string => `${project}/${stack}`;

/** Response header that tells which subset a request went to, also when the answer is an error without a body. */
export const subsetHeader = "x-subset";
/** Response header that tells the weight by which a gateway routed: what a changed configuration is recognised by. */
export const weightHeader = "x-canary-weight";
