import { stat } from "node:fs/promises";
import { isListening } from "../host/ports";
import { lines, run } from "../host/process";
import { portTaken, subnetTaken } from "../model/cluster/createFailure";
import { clashing, networkLines } from "../model/cluster/dockerNetworks";
import type { ClusterSettings } from "../model/cluster/k3dConfig";
import { ownerLabel } from "../model/names";
import { clustersOf } from "./observe";

async function takenPorts(settings: ClusterSettings, owner: string): Promise<string[]> {
  const texts = [settings.httpPort, settings.httpsPort].map(async (port) => {
    if (!(await isListening(port))) return [];
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

/** Docker makes a folder where a file that it mounts is missing, and the nodes would not come up. */
async function missingCa({ nodes }: ClusterSettings): Promise<string[]> {
  const file = nodes?.caFile;
  if (file === undefined) return [];
  const isFile = await stat(file).then(
    (found) => found.isFile(),
    () => false,
  );
  return isFile
    ? []
    : [`nodeCaFile = "${file}" is no file on this machine; fix: npm run pulumi -- config set nodeCaFile PATH`];
}

/** What stands in the way of a new cluster on this machine; asked before the one that is there makes room for it. */
export async function obstacles(settings: ClusterSettings, owner: string): Promise<string[]> {
  const found = await Promise.all([takenPorts(settings, owner), takenSubnet(settings, owner), missingCa(settings)]);
  return found.flat();
}
