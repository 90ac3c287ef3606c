import { choosePool, clusterNetworks, format, overlap, parsePool, parseSubnet, reserved } from "../cluster/addressPool";
import { configSet } from "../output/remedy";
import type { CrossRule } from "./problem";

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
    const other = parseSubnet(network);
    return parsed && other && overlap(parsed, other);
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

const poolInSubnet: CrossRule = ({ cluster, subnet, pool, agents }) => {
  const network = subnet === undefined ? undefined : parseSubnet(subnet);
  if (!network || subnet === undefined || pool === undefined || agents === undefined) return undefined;
  const chosen = parsePool(choosePool(subnet, pool));
  if (!chosen) return undefined;
  // where the nodes of a cluster that the user has are, only the user knows
  const nodes = cluster === "existing" ? { first: network.first, last: network.first } : reserved(network, agents);
  const range = `${format(nodes.last + 1)} to ${format(network.last - 1)}`;
  if (chosen.first > nodes.last && chosen.last < network.last) return undefined;
  if (pool === "auto")
    return {
      key: "subnet",
      value: subnet,
      rule: `must have room for ${agents + 1} nodes and 16 addresses of the pool`,
      remedy: [configSet("subnet", "10.44.0.0/24")],
    };
  return {
    key: "pool",
    value: pool,
    rule: `must lie inside ${subnet} from ${range}, clear of nodes, gateway and broadcast`,
    remedy: [configSet("pool", "auto")],
  };
};

/** Rules on where the environment is found: ports of this host, and addresses of its own network. */
export const addressRules: readonly CrossRule[] = [portsDiffer, subnetBesideCluster, poolInSubnet];
