import { stat } from "node:fs/promises";
import { containers, docker } from "../host/docker";
import { isListening } from "../host/ports";
import { capture, lines } from "../host/process";
import { portTaken, subnetTaken } from "../model/cluster/createFailure";
import { oldK3d } from "../model/cluster/dockerFailure";
import { clashingNetwork, networkLines } from "../model/cluster/dockerNetworks";
import { dockerNames } from "../model/cluster/k3dConfig";
import { claimOnObject } from "../model/cluster/removal";
import { configSet, type Failure } from "../model/output/remedy";
import type { DesiredCluster } from "./clusterStatus";
import { clustersOf } from "./observe";

async function takenPorts({ settings, owner, legacyGeneration }: DesiredCluster): Promise<Failure[]> {
  const texts = [settings.httpPort, settings.httpsPort].map(async (port) => {
    if (!(await isListening(port))) return [];
    const publishing = await containers(`publish=${port}`);
    const isRemoved = publishing.some((container) => claimOnObject(container, owner, legacyGeneration) === "ours");
    return isRemoved ? [] : [portTaken(port, settings)];
  });
  return (await Promise.all(texts)).flat();
}

async function takenSubnet({ settings, owner }: DesiredCluster): Promise<Failure[]> {
  // removed before the new cluster is created: its own network, and that of the stack's cluster of another name
  const ownNetworks = [settings.clusterName, ...(await clustersOf(owner))].map((name) => dockerNames(name).network);
  const ids = lines(await docker(["network", "ls", "-q"]));
  const networks = await docker(["network", "inspect", "--format", networkLines, ...ids]);
  const clash = clashingNetwork(settings.subnet, networks, ownNetworks);
  return clash ? [subnetTaken(settings, `the Docker network ${clash}`)] : [];
}

/** Docker creates a folder in place of a missing file that it mounts, and the nodes would not start. */
async function missingCa({ settings: { nodes } }: DesiredCluster): Promise<Failure[]> {
  const file = nodes?.caFile;
  if (file === undefined) return [];
  const isFile = await stat(file).then(
    (entry) => entry.isFile(),
    () => false,
  );
  return isFile
    ? []
    : [{ problem: `nodeCaFile = "${file}" is no file on this machine`, remedy: [configSet("nodeCaFile", "PATH")] }];
}

/** Plain Pulumi runs the k3d of the PATH. `npm start` has downloaded one if that is missing or too old. */
async function unusableK3d(): Promise<Failure[]> {
  const old = oldK3d(await capture("k3d", ["version"], { seconds: 30 }));
  return old ? [old] : [];
}

/** Everything on this machine that prevents a new cluster. The cluster that it replaces still runs. */
export async function findObstacles(desired: DesiredCluster): Promise<Failure[]> {
  const failures = await Promise.all([unusableK3d(), takenPorts(desired), takenSubnet(desired), missingCa(desired)]);
  return failures.flat();
}
