import type { Settings } from "../settings/contract";
import { listItems, none } from "../settings/forms";
import { clusterNetworks } from "./addressPool";

type ConfiguredNodes = Pick<Settings, "nodeProxy" | "nodeNoProxy" | "nodeCaFile">;

/** Proxy and CA of the nodes in a company's network; each only if it is configured. */
export interface NodeSettings {
  readonly proxy?: string;
  readonly noProxy?: string;
  readonly caFile?: string;
}

/** The configured settings of nodes. Undefined if none is configured, so that existing clusters without them are not replaced. */
export function nodeSettings({ nodeProxy, nodeNoProxy, nodeCaFile }: ConfiguredNodes): NodeSettings | undefined {
  const nodes: NodeSettings = {
    ...(nodeProxy !== none && { proxy: nodeProxy }),
    ...(nodeProxy !== none && nodeNoProxy !== none && { noProxy: nodeNoProxy }),
    ...(nodeCaFile !== none && { caFile: nodeCaFile }),
  };
  return Object.keys(nodes).length > 0 ? nodes : undefined;
}

/**
 * Environment variables that configure a proxy for containerd and k3s (https://docs.k3s.io/advanced#configuring-an-http-proxy).
 *
 * @param hosts - by which nodes reach containers beside them, such as the registry
 */
export function proxyVariables({ proxy, noProxy }: NodeSettings, subnet: string, hosts: readonly string[]): string[] {
  if (proxy === undefined) return [];
  const inside = ["localhost", "127.0.0.0/8", subnet, ...clusterNetworks, ".svc", ".cluster.local"];
  const direct = [...inside, ...hosts, ...listItems(noProxy ?? none)].join(",");
  return [`HTTP_PROXY=${proxy}`, `HTTPS_PROXY=${proxy}`, `NO_PROXY=${direct}`];
}

/** File in a node that containerd reads beside the CAs of its image (https://k3d.io/stable/faq/faq/). */
export const nodeCaPath = "/etc/ssl/certs/company-ca.pem";
