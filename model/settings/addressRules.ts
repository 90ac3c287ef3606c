import {
  choosePool,
  clusterNetworks,
  formatAddress,
  overlaps,
  parsePool,
  parseSubnet,
  reservedAddresses,
} from "../cluster/addressPool";
import { imageCaches } from "../cluster/imageCache";
import { configSet } from "../output/remedy";
import { settingKeys } from "./contract";
import { auto, none } from "./forms";
import type { AcceptedSettings, CrossRule } from "./problem";

const portsDiffer: CrossRule = ({ httpPort, httpsPort }) =>
  httpPort !== undefined && httpPort === httpsPort
    ? {
        key: "httpsPort",
        value: String(httpsPort),
        rule: "must differ from httpPort",
        remedy: [configSet("httpsPort", httpPort === 443 ? 8443 : 443)],
      }
    : undefined;

const subnetBesideCluster: CrossRule = ({ cluster, subnet }) => {
  // pods and Services of a cluster that the user has may use any other network
  if (cluster === "existing") return undefined;
  const parsed = subnet === undefined ? undefined : parseSubnet(subnet);
  const taken = clusterNetworks.find((network) => {
    const clusterNetwork = parseSubnet(network);
    return parsed && clusterNetwork && overlaps(parsed, clusterNetwork);
  });
  return taken
    ? {
        key: "subnet",
        value: subnet,
        rule: `must not overlap ${taken}, which pods and Services use`,
        remedy: [configSet("subnet", "10.44.0.0/24")],
      }
    : undefined;
};

/**
 * MetalLB announces addresses on the nodes' own network. The default subnet is the one that this project gives a k3d
 * cluster; a cluster that the user has is elsewhere, where an address of the default pool would answer nobody.
 */
const subnetOfNodes: CrossRule = ({ cluster, kubeContext, loadBalancer, subnet, pool }) =>
  cluster === "existing" &&
  kubeContext !== none &&
  loadBalancer === "metallb" &&
  subnet === settingKeys.subnet.default &&
  pool === auto
    ? {
        key: "subnet",
        value: subnet,
        rule: "must be the network of your cluster's nodes (kubectl get nodes -o wide) for MetalLB to announce addresses on; set pool if the nodes are in this one, or loadBalancer = off if the cluster has a load balancer",
        remedy: [configSet("loadBalancer", "off")],
      }
    : undefined;

/** Number of image caches, which are containers in the cluster's network; 0 if one of their keys has no valid value. */
function cacheCount({ imageCache, registryMirrors, istioHub, appImage }: AcceptedSettings): number {
  if (!imageCache || registryMirrors === undefined || istioHub === undefined || appImage === undefined) return 0;
  return imageCaches({ imageCache, registryMirrors, istioHub, appImage }).length;
}

const poolInSubnet: CrossRule = (accepted) => {
  const { cluster, subnet, pool, agents } = accepted;
  const network = subnet === undefined ? undefined : parseSubnet(subnet);
  if (!network || subnet === undefined || pool === undefined || agents === undefined) return undefined;
  const chosen = parsePool(choosePool(subnet, pool));
  if (!chosen) return undefined;
  // only the user knows the addresses of the nodes of an existing cluster
  const caches = cacheCount(accepted);
  const nodes =
    cluster === "existing" ? { first: network.first, last: network.first } : reservedAddresses(network, agents, caches);
  const range = `${formatAddress(nodes.last + 1)} to ${formatAddress(network.last - 1)}`;
  if (chosen.first > nodes.last && chosen.last < network.last) return undefined;
  if (pool === "auto")
    return {
      key: "subnet",
      value: subnet,
      rule: `must have room for ${agents + 1} nodes${caches > 0 ? `, ${caches} image caches` : ""} and 16 addresses of the pool`,
      remedy: [configSet("subnet", "10.44.0.0/24")],
    };
  return {
    key: "pool",
    value: pool,
    rule: `must lie inside ${subnet} from ${range}, clear of nodes, gateway and broadcast`,
    remedy: [configSet("pool", "auto")],
  };
};

/** Rules for the addresses of the environment: ports of this host, and addresses of its own network. */
export const addressRules: readonly CrossRule[] = [portsDiffer, subnetBesideCluster, subnetOfNodes, poolInSubnet];
