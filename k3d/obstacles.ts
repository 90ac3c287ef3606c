import { connect } from "node:net";
import { lines, run } from "../host/process";
import { portTaken, subnetTaken } from "../model/cluster/createFailure";
import { clashing, networkLines } from "../model/cluster/dockerNetworks";
import type { ClusterSettings } from "../model/cluster/k3dConfig";
import { ownerLabel } from "../model/names";
import { clustersOf } from "./observe";

/** Whether something answers on a port of this host; a port below 1024 may be asked by any user, but not bound. */
const answers = (port: number) =>
  new Promise<boolean>((resolve) => {
    const socket = connect({ port, host: "127.0.0.1", timeout: 500 });
    const done = (open: boolean) => () => {
      socket.destroy();
      resolve(open);
    };
    socket.on("connect", done(true)).on("error", done(false)).on("timeout", done(false));
  });

async function takenPorts(settings: ClusterSettings, owner: string): Promise<string[]> {
  const texts = [settings.httpPort, settings.httpsPort].map(async (port) => {
    if (!(await answers(port))) return [];
    const own = ["--filter", `publish=${port}`, "--filter", `label=${ownerLabel}=${owner}`];
    return (await run("docker", ["ps", "-q", ...own])).trim() ? [] : [portTaken(port, settings)];
  });
  return (await Promise.all(texts)).flat();
}

async function takenSubnet(settings: ClusterSettings, owner: string): Promise<string[]> {
  const own = [settings.clusterName, ...(await clustersOf(owner))].map((name) => `k3d-${name}`);
  const ids = lines(await run("docker", ["network", "ls", "-q"]));
  const networks = await run("docker", ["network", "inspect", "--format", networkLines, ...ids]);
  const clash = clashing(settings.subnet, networks, own);
  return clash ? [subnetTaken(settings, `the Docker network ${clash}`)] : [];
}

/** What stands in the way of a new cluster on this machine; asked before the one that is there makes room for it. */
export async function obstacles(settings: ClusterSettings, owner: string): Promise<string[]> {
  const found = await Promise.all([takenPorts(settings, owner), takenSubnet(settings, owner)]);
  return found.flat();
}
