import { containers, type DockerObject, docker, networks, volumes } from "../host/docker";
import { cacheContainer, cacheLabel, type ImageCache, upstreamLabel } from "../model/cluster/imageCache";
import { configSet, forNpm, type Writer } from "../model/output/remedy";
import versions from "../versions.json";
import { freePort } from "./freePort";

/** The container of a name; undefined when Docker has none. */
const containerOf = async (name: string): Promise<DockerObject | undefined> =>
  (await containers(`name=^/?${name}$`)).find((container) => container.name === name);

/** The volumes of all caches. A version of this project that labelled no container labelled these too. */
const cacheVolumes = (): Promise<DockerObject[]> => volumes(`label=${cacheLabel}`);

async function upstreamOf({ ref }: DockerObject): Promise<string | undefined> {
  const env = await docker(["inspect", "--format", "{{range .Config.Env}}{{println .}}{{end}}", ref]);
  return /^REGISTRY_PROXY_REMOTEURL=(.*)$/m.exec(env)?.[1];
}

async function ensureCache(cache: ImageCache, known: readonly DockerObject[], commands: Writer): Promise<void> {
  const name = cacheContainer(cache);
  const [container, [volume]] = await Promise.all([containerOf(name), volumes(`name=^${name}$`)]);
  const isKnown = known.some((each) => each.name === name);
  const foreign = container && !container.cache && !isKnown ? "container" : volume && !isKnown ? "volume" : undefined;
  if (foreign)
    throw new Error(
      `imageCache = true needs the name ${name}, which a ${foreign} has that this project did not make; it was left untouched; ` +
        `fix: ${commands(configSet("imageCache", false))}; or, to remove it with all its contents: docker ${foreign === "container" ? "rm --force" : "volume rm"} ${name}`,
    );
  if (container && (container.cache || (await upstreamOf(container)) === cache.upstream)) {
    await docker(container.state === "paused" ? ["unpause", name] : ["start", name]);
    return;
  }
  // of a version of this project that had one cache for all upstreams
  if (container) await docker(["rm", "--force", container.ref]);
  const label = [`${cacheLabel}=${cache.host}`, `${upstreamLabel}=${cache.upstream}`].flatMap((text) => [
    "--label",
    text,
  ]);
  await docker(["volume", "create", ...label, name]);
  // k3d connects only registries that carry its label
  const options = ["--detach", "--name", name, "--restart", "unless-stopped", ...label, "--label", "app=k3d"];
  const runs = ["--label", "k3d.role=registry", "--publish", `127.0.0.1:${await freePort()}:5000`];
  const keeps = ["--volume", `${name}:/var/lib/registry`, "--env", `REGISTRY_PROXY_REMOTEURL=${cache.upstream}`];
  await docker(["run", ...options, ...runs, ...keeps, versions.registryImage], 180).catch(async (error) => {
    // another environment may have made it meanwhile
    if (!(await containerOf(name))?.cache) throw error;
  });
}

/** Starts every cache before a cluster pulls through it. It still has what it kept for clusters before. */
export async function ensureCaches(caches: readonly ImageCache[], commands = forNpm()): Promise<void> {
  if (caches.length === 0) return;
  const known = await cacheVolumes();
  for (const cache of caches) await ensureCache(cache, known, commands);
}

/** Registries whose images this machine keeps; undefined when Docker cannot say. */
export const cached = (): Promise<string[] | undefined> =>
  cacheVolumes().then(
    (caches) => [...new Set(caches.map(({ cache }) => cache))],
    () => undefined,
  );

/** Names of the clusters that pull through a cache. */
async function usersOf(container: DockerObject): Promise<string[]> {
  const output = await docker(["inspect", "--format", "{{json .NetworkSettings.Networks}}", container.ref]);
  const connected = Object.keys(JSON.parse(output) as object);
  const all = await networks("label=app=k3d");
  return all.map(({ name }) => name).filter((name) => connected.includes(name));
}

/** An image cache that stays, and the networks of the clusters that use it. */
export interface CacheInUse {
  readonly host: string;
  readonly networks: readonly string[];
}

/**
 * Removes the caches of this machine with what they keep, but for those that a cluster uses.
 *
 * @param host - of the registry whose caches go; @default all
 */
export async function removeCaches(host?: string): Promise<CacheInUse[]> {
  const inUse: CacheInUse[] = [];
  for (const volume of await cacheVolumes()) {
    if (host !== undefined && volume.cache !== host) continue;
    const container = await containerOf(volume.name);
    const users = container ? await usersOf(container) : [];
    if (users.length > 0) {
      inUse.push({ host: volume.cache, networks: users });
      continue;
    }
    if (container) await docker(["rm", "--force", container.ref]);
    await docker(["volume", "rm", "--force", volume.name]);
  }
  return inUse;
}
