import { dockerNames } from "../model/k3dConfig";
import { run } from "./run";

async function removeVolume(name: string): Promise<void> {
  const volumes = await run("docker", ["volume", "ls", "-q", "--filter", `name=^${name}$`]);
  if (volumes.trim()) await run("docker", ["volume", "rm", "--force", name]);
}

/** Removes what k3d does not know or left half done: containers, volumes and the network of a cluster. */
export async function removeLeftovers(clusterName: string): Promise<void> {
  const { network, storage, registry } = dockerNames(clusterName);
  const ids = (filter: string) =>
    run("docker", ["ps", "-aq", "--filter", filter]).then((out) => out.split("\n").filter(Boolean));
  const containers = [...(await ids(`label=k3d.cluster=${clusterName}`)), ...(await ids(`name=^/${registry}$`))];
  if (containers.length > 0) await run("docker", ["rm", "--force", "--volumes", ...new Set(containers)]);
  for (const volume of [storage, `k3d-${clusterName}-images`]) await removeVolume(volume);
  const networks = await run("docker", ["network", "ls", "-q", "--filter", `name=^${network}$`]);
  if (!networks.trim()) return;
  // caches of images serve other clusters too, and stay
  const joined = await run("docker", [
    "network",
    "inspect",
    "--format",
    "{{range .Containers}}{{println .Name}}{{end}}",
    network,
  ]);
  for (const name of joined.split("\n").filter(Boolean))
    await run("docker", ["network", "disconnect", "--force", network, name]);
  await run("docker", ["network", "rm", network]);
}

/** Removes a cluster with its network and volumes, also one that is half gone. */
export async function remove(clusterName: string): Promise<void> {
  await run("k3d", ["cluster", "delete", clusterName], { seconds: 120 }).catch(() => undefined);
  await removeLeftovers(clusterName);
}
