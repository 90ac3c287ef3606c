import { execFileSync } from "node:child_process";
import { randomInt } from "node:crypto";
import { createServer } from "node:net";
import { lines } from "../../host/process";
import { clashingNetwork, networkLines } from "../../model/cluster/dockerNetworks";
import { dockerNames } from "../../model/cluster/k3dConfig";

const isFree = (port: number) =>
  new Promise<boolean>((resolve) => {
    const server = createServer();
    server.on("error", () => resolve(false)).listen(port, "127.0.0.1", () => server.close(() => resolve(true)));
  });

/** A port below those that the system gives to connections (from 32768 on), so that none takes it before its user does. */
async function freePort(): Promise<number> {
  for (;;) {
    const port = randomInt(20_000, 30_000);
    if (await isFree(port)) return port;
  }
}

/** Two ports that nothing on this machine listens on. */
export async function freePorts(): Promise<{ httpPort: number; httpsPort: number }> {
  const httpPort = await freePort();
  for (;;) {
    const httpsPort = await freePort();
    if (httpsPort !== httpPort) return { httpPort, httpsPort };
  }
}

/** A subnet of 256 addresses that no Docker network but the cluster's own has. */
export function freeSubnet(cluster: string): string {
  const docker = (...args: string[]) => execFileSync("docker", args, { encoding: "utf8" });
  const ids = lines(docker("network", "ls", "-q"));
  const networks = docker("network", "inspect", "--format", networkLines, ...ids);
  const own = [dockerNames(cluster).network];
  // not 10.42 and 10.43, which k3s gives to pods and services
  // in an order of chance, so that two that ask at once hardly get the same one
  const first = randomInt(100);
  const all = Array.from({ length: 100 }, (_, i) => (first + i) % 100).map(
    (i) => `10.${i % 2 ? 45 : 46}.${100 + i}.0/24`,
  );
  const free = all.find((subnet) => !clashingNetwork(subnet, networks, own));
  if (!free) throw new Error("every subnet from 10.46.100.0/24 to 10.45.199.0/24 is taken by a Docker network");
  return free;
}
