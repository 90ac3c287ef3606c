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
    const makesRoom = publishing.some((container) => claimOnObject(container, owner, legacyGeneration) === "ours");
    return makesRoom ? [] : [portTaken(port, settings)];
  });
  return (await Promise.all(texts)).flat();
}

async function takenSubnet({ settings, owner }: DesiredCluster): Promise<Failure[]> {
  // the cluster's own network, and that of the stack's cluster by another name, make room
  const ours = [settings.clusterName, ...(await clustersOf(owner))].map((name) => dockerNames(name).network);
  const ids = lines(await docker(["network", "ls", "-q"]));
  const networks = await docker(["network", "inspect", "--format", networkLines, ...ids]);
  const clash = clashingNetwork(settings.subnet, networks, ours);
  return clash ? [subnetTaken(settings, `the Docker network ${clash}`)] : [];
}

/** Docker makes a folder where a file that it mounts is missing, and the nodes would not come up. */
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

/** Plain Pulumi runs the k3d of the PATH; `npm start` downloads one when it is missing or too old. */
async function unusableK3d(): Promise<Failure[]> {
  const old = oldK3d(await capture("k3d", ["version"], { seconds: 30 }));
  return old ? [old] : [];
}

/** Everything on this machine that prevents a new cluster; called while the cluster that it replaces still runs. */
export async function findObstacles(desired: DesiredCluster): Promise<Failure[]> {
  const failures = await Promise.all([unusableK3d(), takenPorts(desired), takenSubnet(desired), missingCa(desired)]);
  return failures.flat();
}
