import ipaddr from "ipaddr.js";

/** A range of IPv4 addresses as unsigned 32-bit numbers, both ends included. */
export interface AddressRange {
  readonly first: number;
  readonly last: number;
}

/** Number of addresses of `pool: auto`. */
const autoPoolSize = 16;

/** Networks inside every cluster: pods and Services of k3s (https://docs.k3s.io/cli/server#networking). */
export const clusterNetworks = ["10.42.0.0/16", "10.43.0.0/16"] as const;

const toNumber = (address: ipaddr.IPv4): number => address.octets.reduce((sum, octet) => sum * 256 + octet, 0);

/** Dotted form of an address. */
export function formatAddress(address: number): string {
  return [24, 16, 8, 0].map((shift) => Math.floor(address / 2 ** shift) % 256).join(".");
}

function parseAddress(value: string): number | undefined {
  return ipaddr.IPv4.isValidFourPartDecimal(value) ? toNumber(ipaddr.IPv4.parse(value)) : undefined;
}

/** Addresses of an IPv4 network of any size in CIDR form; undefined for anything else. */
export function parseNetwork(value: string): AddressRange | undefined {
  if (!ipaddr.IPv4.isValidCIDR(value)) return undefined;
  const first = toNumber(ipaddr.IPv4.networkAddressFromCIDR(value));
  return { first, last: toNumber(ipaddr.IPv4.broadcastAddressFromCIDR(value)) };
}

/** A private IPv4 network from /16 to /27 written with its network address; undefined for anything else. */
export function parseSubnet(value: string): AddressRange | undefined {
  const match = /^([\d.]+)\/(\d{1,2})$/.exec(value);
  if (!match?.[1] || !match[2]) return undefined;
  const [first, prefix] = [parseAddress(match[1]), Number(match[2])];
  if (first === undefined || prefix < 16 || prefix > 27) return undefined;
  const size = 2 ** (32 - prefix);
  if (first % size !== 0 || ipaddr.IPv4.parse(match[1]).range() !== "private") return undefined;
  return { first, last: first + size - 1 };
}

/** A range `FIRST-LAST`; undefined for anything else, also when it runs backwards. */
export function parsePool(value: string): AddressRange | undefined {
  const [from, to, rest] = value.split("-");
  if (from === undefined || to === undefined || rest !== undefined) return undefined;
  const [first, last] = [parseAddress(from), parseAddress(to)];
  return first === undefined || last === undefined || last < first ? undefined : { first, last };
}

/** True if two ranges share an address. */
export function overlaps(a: AddressRange, b: AddressRange): boolean {
  return a.first <= b.last && b.first <= a.last;
}

/**
 * Addresses that containers of the cluster may get. The pool must not contain them.
 *
 * Docker hands out the network's addresses from the lowest: the gateway, then one for each node, each image cache, the
 * registry and k3d's short-lived tools container; 4 more for containers that a user adds.
 */
export function reservedAddresses(subnet: AddressRange, agents: number, caches = 0): AddressRange {
  return { first: subnet.first, last: subnet.first + 1 + (1 + agents) + caches + 2 + 4 };
}

/** The pool as `FIRST-LAST`. For `auto` it is the last 16 addresses of the subnet before the broadcast address. */
export function choosePool(subnet: string, pool: string): string {
  if (pool !== "auto") return pool;
  const parsed = parseSubnet(subnet);
  if (!parsed) throw new Error(`not a subnet: ${subnet}`);
  return `${formatAddress(parsed.last - autoPoolSize)}-${formatAddress(parsed.last - 1)}`;
}
