import { clusterKeys } from "./keys/cluster";
import { imageKeys } from "./keys/images";
import { meshKeys } from "./keys/mesh";
import { securityKeys } from "./keys/security";
import { trafficKeys } from "./keys/traffic";

/**
 * Every key of the stack's configuration.
 *
 * A test compares Pulumi.yaml and the reference in the documentation with this table.
 */
export const settingKeys = { ...clusterKeys, ...imageKeys, ...meshKeys, ...securityKeys, ...trafficKeys };

export type KeyName = keyof typeof settingKeys;
/** The stack's configuration, checked: every key present, with its type. */
export type Settings = { readonly [K in KeyName]: (typeof settingKeys)[K]["default"] };

/** Outputs of the stack with their descriptions. Commands and program share these names and those of the keys, and nothing else. */
export const stackOutputs = {
  urls: "every address of the app: URL, address, port, and from where it is reachable; the one that works from this host first",
  curl: "curl command for the first of urls",
  ingressIp: "address of the ingress gateway, from MetalLB's pool or from the cluster's load balancer",
  caPem:
    "certificates of the CAs for clients; `npm start` writes them to ca.pem, or to ca-STACK.pem for another stack than dev",
  kubeconfig: "kubeconfig of the administrator, empty for a cluster that you have; a secret",
  canaryWeight: "configured percent of the requests for subset v2",
  mtlsMode: "configured mode of the mesh",
  mtls: "effective mTLS mode of the app's port, its other ports, its namespace and the mesh, and the scope that sets it",
  tokenKey: "key that signs tokens, empty without tokens; a secret",
} as const;
export type OutputName = keyof typeof stackOutputs;
