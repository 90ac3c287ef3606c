import { overlap, parseNetwork } from "./addressPool";

/** For `docker network inspect --format`: a line NAME SUBNET… for each network. */
export const networkLines = "{{.Name}}{{range .IPAM.Config}} {{.Subnet}}{{end}}";

/**
 * The network that shares an address with a subnet; undefined where none does.
 *
 * @param lines - Docker's networks, as {@link networkLines} writes them
 * @param own - names of networks that make room
 */
export function clashing(subnet: string, lines: string, own: readonly string[]): string | undefined {
  const wanted = parseNetwork(subnet);
  const networks = lines.split("\n").map((line) => line.split(" "));
  const clash = networks.find(([name = "", ...subnets]) =>
    subnets.map(parseNetwork).some((other) => !own.includes(name) && wanted && other && overlap(wanted, other)),
  );
  return clash?.[0];
}
