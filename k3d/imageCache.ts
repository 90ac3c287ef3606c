import { lines, run } from "../host/process";
import { cacheContainer, cacheLabel, cacheName, type ImageCache } from "../model/cluster/imageCache";
import versions from "../versions.json";

/** What a cache's container asks, or undefined where there is no such container. */
const upstreamOf = (container: string): Promise<string | undefined> =>
  run("docker", ["inspect", "--type", "container", "--format", "{{range .Config.Env}}{{println .}}{{end}}", container])
    .then((env) => lines(env).find((line) => line.startsWith("REGISTRY_PROXY_REMOTEURL=")))
    .then((line) => line?.slice(line.indexOf("=") + 1) ?? "")
    .catch(() => undefined);

async function ensureCache({ host, upstream }: ImageCache): Promise<void> {
  const container = cacheContainer(host);
  const asks = await upstreamOf(container);
  if (asks === upstream) {
    await run("docker", ["start", container]);
    return;
  }
  if (asks !== undefined) await run("docker", ["rm", "--force", container]);
  await run("docker", ["volume", "create", "--label", `${cacheLabel}=${host}`, container]);
  const at = ["--image", versions.registryImage, "--port", "127.0.0.1:random", "--no-help"];
  const keeps = ["--volume", `${container}:/var/lib/registry`, "--proxy-remote-url", upstream];
  await run("k3d", ["registry", "create", cacheName(host), ...at, ...keeps], { seconds: 180 }).catch(async (error) => {
    // another environment may have made it meanwhile
    if ((await upstreamOf(container)) !== upstream) throw error;
  });
}

/** Has every cache running before a cluster pulls through it; what it kept of clusters before is still there. */
export async function ensureCaches(caches: readonly ImageCache[]): Promise<void> {
  for (const cache of caches) await ensureCache(cache);
}

/** Registries whose images are kept on this machine; none where there is no Docker. */
export const cached = (): Promise<string[]> =>
  run("docker", ["volume", "ls", "--format", `{{.Label "${cacheLabel}"}}`, "--filter", `label=${cacheLabel}`]).then(
    lines,
    () => [],
  );

/** Removes the cache of one registry with what it kept. */
export async function removeCache(host: string): Promise<void> {
  const container = cacheContainer(host);
  await run("docker", ["rm", "--force", container]).catch(() => undefined);
  await run("docker", ["volume", "rm", "--force", container]);
}

/** Removes every cache of this machine. */
export async function removeCaches(): Promise<void> {
  for (const host of await cached()) await removeCache(host);
}
