import { execFileSync } from "node:child_process";
import { type AddressInfo, createServer, type Server } from "node:net";
import { clashing, networkLines } from "../../model/dockerNetworks";
import { dockerNames } from "../../model/k3dConfig";

const listen = () =>
  new Promise<Server>((resolve, reject) => {
    const server = createServer();
    server.on("error", reject).listen(0, "127.0.0.1", () => resolve(server));
  });

/** Two ports that nothing on this machine listens on. */
export async function freePorts(): Promise<{ httpPort: number; httpsPort: number }> {
  const [http, https] = [await listen(), await listen()];
  const ports = [http, https].map((server) => (server.address() as AddressInfo).port);
  await Promise.all([http, https].map((server) => new Promise((closed) => server.close(closed))));
  const [httpPort = 0, httpsPort = 0] = ports;
  return { httpPort, httpsPort };
}

/** A subnet of 256 addresses that no Docker network but the cluster's own has. */
export function freeSubnet(cluster: string): string {
  const docker = (...args: string[]) => execFileSync("docker", args, { encoding: "utf8" });
  const ids = docker("network", "ls", "-q").split("\n").filter(Boolean);
  const networks = docker("network", "inspect", "--format", networkLines, ...ids);
  const own = [dockerNames(cluster).network];
  const all = Array.from({ length: 100 }, (_, i) => `10.${100 + i}.0.0/24`);
  const free = all.find((subnet) => !clashing(subnet, networks, own));
  if (!free) throw new Error("every subnet from 10.100.0.0/24 to 10.199.0.0/24 is taken by a Docker network");
  return free;
}
