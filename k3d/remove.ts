import { setTimeout as pause } from "node:timers/promises";
import { lines, run } from "../host/process";
import { dockerNames } from "../model/cluster/k3dConfig";
import { removedMeanwhile } from "../model/cluster/removal";

/** What a list command of Docker prints, a line each. */
const found = async (...args: readonly string[]): Promise<string[]> => lines(await run("docker", args));

async function removeNetwork(network: string): Promise<void> {
  // caches of images serve other clusters too, and stay
  const format = "{{range .Containers}}{{println .Name}}{{end}}";
  for (const name of await found("network", "inspect", "--format", format, network))
    await run("docker", ["network", "disconnect", "--force", network, name]);
  await run("docker", ["network", "rm", network]);
}

/** Removes what k3d does not know or left half done: containers, volumes and the network of a cluster. */
export async function removeLeftovers(clusterName: string): Promise<void> {
  const { network, storage, registry } = dockerNames(clusterName);
  const named = [storage, `k3d-${clusterName}-images`].flatMap((name) => ["--filter", `name=^${name}$`]);
  const [nodes, registries, volumes, networks] = await Promise.all([
    found("ps", "-aq", "--filter", `label=k3d.cluster=${clusterName}`),
    found("ps", "-aq", "--filter", `name=^/${registry}$`),
    found("volume", "ls", "-q", ...named),
    found("network", "ls", "-q", "--filter", `name=^${network}$`),
  ]);
  const containers = new Set([...nodes, ...registries]);
  if (containers.size > 0) await run("docker", ["rm", "--force", "--volumes", ...containers]);
  if (volumes.length > 0) await run("docker", ["volume", "rm", "--force", ...volumes]);
  if (networks.length > 0) await removeNetwork(network);
}

/** Seconds that another command may take to remove what both remove. */
const patience = 120;

async function removeRest(clusterName: string): Promise<void> {
  for (const until = performance.now() + patience * 1000; ; await pause(100)) {
    const failed = await removeLeftovers(clusterName).then(
      () => undefined,
      (error: Error) => error,
    );
    if (!failed) return;
    if (!removedMeanwhile(failed.message) || performance.now() > until) throw failed;
  }
}

/** Removes a cluster with its network and volumes, also one that is half gone, or that another command removes too. */
export async function remove(clusterName: string): Promise<void> {
  const running = await found("ps", "-q", "--filter", `label=k3d.cluster=${clusterName}`, "--filter", "status=running");
  // all at once: k3d ends one after the other
  if (running.length > 0) await run("docker", ["kill", ...running]).catch(() => undefined);
  await run("k3d", ["cluster", "delete", clusterName], { seconds: 120 }).catch(() => undefined);
  await removeRest(clusterName);
}
