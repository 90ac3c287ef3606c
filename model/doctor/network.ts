import ipaddr from "ipaddr.js";
import type { Observation } from "../checks/result";
import { overlaps, parseNetwork } from "../cluster/addressPool";
import { clashingNetwork } from "../cluster/dockerNetworks";
import { configSet, remedy, run } from "../output/remedy";
import { ok, problem, warning } from "./finding";

/** A network that this machine reaches. */
export interface NetworkRoute {
  readonly interface: string;
  readonly network: string;
}

/**
 * Parses the routes in a text like /proc/net/route. The default route is left out.
 *
 * Addresses are hexadecimal numbers in the byte order of the machine, which is little-endian wherever Docker runs.
 */
export function routesOf(table: string): NetworkRoute[] {
  const address = (hex: string) => [6, 4, 2, 0].map((at) => Number.parseInt(hex.slice(at, at + 2), 16)).join(".");
  return table
    .split("\n")
    .slice(1)
    .flatMap((line) => {
      const fields = line.trim().split(/\s+/);
      const [name = "", destination = "", , , , , , mask = ""] = fields;
      if (!/^[0-9A-F]{8}$/i.test(destination) || !/^[0-9A-F]{8}$/i.test(mask) || /^0+$/.test(mask)) return [];
      const prefix = ipaddr.IPv4.parse(address(mask)).prefixLengthFromSubnetMask();
      return prefix === null ? [] : [{ interface: name, network: `${address(destination)}/${prefix}` }];
    });
}

const ofContainers = /^(lo|docker\d|br-|veth|cni|flannel|virbr|podman)/;

/**
 * Length of the prefix of the largest private network, 10.0.0.0/8. A larger one is a part of the default route, such as the
 * two halves 0.0.0.0/1 and 128.0.0.0/1 of OpenVPN and WireGuard.
 */
const largest = 8;
const prefixOf = (network: string): number => Number(network.split("/")[1]);

/** Routes that lead away from this machine, each network once, without the default route and its parts. */
function outerRoutes(routes: readonly NetworkRoute[]): NetworkRoute[] {
  const outer = routes.filter(
    ({ interface: name, network }) => !ofContainers.test(name) && prefixOf(network) >= largest,
  );
  return [...new Map(outer.map((route) => [route.network, route])).values()];
}

const overlapsNetwork = (a: string, b: string): boolean => {
  const [first, second] = [parseNetwork(a), parseNetwork(b)];
  return first !== undefined && second !== undefined && overlaps(first, second);
};

const networksFrom = (count: number, network: (i: number) => string): string[] =>
  Array.from({ length: count }, (_, i) => network(i));

/** Subnets to offer, in each of the three private networks. */
const candidates = [
  ...networksFrom(200, (i) => `10.${44 + i}.0.0/24`),
  ...networksFrom(12, (i) => `172.${20 + i}.200.0/24`),
  ...networksFrom(100, (i) => `192.168.${144 + i}.0/24`),
];

/** A /24 that neither Docker nor a route has. */
const freeSubnet = (
  lines: string,
  ownNetworks: readonly string[],
  routes: readonly NetworkRoute[],
): string | undefined =>
  candidates.find(
    (cidr) =>
      !clashingNetwork(cidr, lines, ownNetworks) && !routes.some(({ network }) => overlapsNetwork(cidr, network)),
  );

/**
 * Compares the subnet with Docker's networks, which it must not overlap, and with this machine's routes, whose addresses
 * it would hide.
 *
 * @param lines - Docker's networks, as `networkLines` writes them
 * @param ownNetworks - names of the stack's networks, which are removed before the new cluster is created
 */
export function subnet(
  cidr: string,
  lines: string,
  ownNetworks: readonly string[],
  machineRoutes: readonly NetworkRoute[],
): Observation {
  const routes = outerRoutes(machineRoutes);
  const set = [configSet("subnet", freeSubnet(lines, ownNetworks, routes) ?? "CIDR")];
  const network = clashingNetwork(cidr, lines, ownNetworks);
  if (network) return problem(`overlaps the Docker network ${network}`, set);
  const route = routes.find((candidate) => overlapsNetwork(cidr, candidate.network));
  if (!route) return ok("free");
  return warning(
    `overlaps ${route.network}, which this machine reaches by ${route.interface} (an office network or a VPN); the cluster would hide it`,
    set,
    "addresses-that-this-machine-uses-already",
  );
}

/** Compares a network of pods or Services, which is the same in every k3s cluster, with this machine's routes. */
export function podNetwork(cidr: string, machineRoutes: readonly NetworkRoute[]): Observation | undefined {
  const route = outerRoutes(machineRoutes).find((candidate) => overlapsNetwork(cidr, candidate.network));
  return (
    route &&
    warning(
      `is the cluster's for pods or Services, and this machine reaches ${route.network} by ${route.interface}; pods cannot reach hosts there`,
      "keep what pods have to reach out of that range",
    )
  );
}

/** A program or container that listens on a port. */
interface PortHolder {
  readonly name: string;
  /** True for this stack's cluster. */
  readonly isOurs: boolean;
  /** True for a cluster that this stack made before its state was lost. */
  readonly isLost?: boolean;
}

/** Checks a port of 127.0.0.1. @param holder - program that listens on it; undefined if none does */
export function port(number: number, key: string, holder: PortHolder | undefined): Observation {
  if (!holder) return ok("free");
  if (holder.isOurs) return ok("held by this stack's cluster");
  if (holder.isLost)
    return problem(
      `is taken by ${holder.name}, which this stack made before its state was lost`,
      remedy`${run("destroy")} removes it`,
    );
  const next = number < 1024 ? 8000 + number : number + 1;
  return problem(`is taken by ${holder.name}`, remedy`stop it, or: ${configSet(key, next)}`);
}

/**
 * Limits of the kernel that several nodes on it share (https://k3d.io/stable/faq/faq/).
 *
 * @param instances - fs.inotify.max_user_instances; undefined if this machine has no such limit
 */
export function inotify(
  nodes: number,
  instances: number | undefined,
  watches: number | undefined,
): Observation | undefined {
  if (instances === undefined) return undefined;
  const [needed, watched] = [64 * nodes, 16_384 * nodes];
  const set = `sudo sysctl fs.inotify.max_user_instances=${Math.max(512, needed)} fs.inotify.max_user_watches=524288`;
  if (instances < needed)
    return warning(`${instances} instances are too few for ${nodes} nodes, which need ${needed}`, set);
  if (watches !== undefined && watches < watched)
    return warning(`${watches} watches are too few for ${nodes} nodes, which need ${watched}`, set);
  return ok(`${instances} instances`);
}
