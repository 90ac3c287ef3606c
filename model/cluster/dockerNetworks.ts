import { overlaps, parseNetwork } from "./addressPool";

/** For `docker network inspect --format`: a line NAME SUBNET… for each network. */
export const networkLines = "{{.Name}}{{range .IPAM.Config}} {{.Subnet}}{{end}}";

/**
 * The network that shares an address with a subnet; undefined where none does.
 *
 * @param lines - Docker's networks, as {@link networkLines} writes them
 * @param ownNetworks - names of the stack's networks, which are removed before the new cluster is created
 */
export function clashingNetwork(subnet: string, lines: string, ownNetworks: readonly string[]): string | undefined {
  const wanted = parseNetwork(subnet);
  const networks = lines.split("\n").map((line) => line.split(" "));
  const clash = networks.find(([name = "", ...subnets]) =>
    subnets
      .map(parseNetwork)
      .some((other) => !ownNetworks.includes(name) && wanted && other && overlaps(wanted, other)),
  );
  return clash?.[0];
}
