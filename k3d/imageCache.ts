import { containers, type DockerObject, docker, networks, registryPort, volumes } from "../host/docker";
import { getFrom } from "../host/http";
import { account } from "../host/stateLocation";
import { poll } from "../host/wait";
import { accountLabel, cacheContainer, cacheLabel, type ImageCache, upstreamLabel } from "../model/cluster/imageCache";
import { type CommandWriter, configSet, forNpm } from "../model/output/remedy";
import versions from "../versions.json";
import { freePort } from "./freePort";

/** The container of a name; undefined when Docker has none. */
const containerOf = async (name: string): Promise<DockerObject | undefined> =>
  (await containers(`name=^/?${name}$`)).find((container) => container.name === name);

/** The volumes of all caches. An earlier version of this project labelled only volumes, and no containers. */
const cacheVolumes = (): Promise<DockerObject[]> => volumes(`label=${cacheLabel}`);

/** True if this account may remove a cache. Caches of an earlier version name no account, and everybody may remove them. */
const isRemovable = (volume: DockerObject): boolean => ["", account()].includes(volume.account);

async function upstreamOf({ ref }: DockerObject): Promise<string | undefined> {
  const env = await docker(["inspect", "--format", "{{range .Config.Env}}{{println .}}{{end}}", ref]);
  return /^REGISTRY_PROXY_REMOTEURL=(.*)$/m.exec(env)?.[1];
}

/** Names of the networks of the clusters that pull through a cache. */
async function usersOf(container: DockerObject): Promise<string[]> {
  const output = await docker(["inspect", "--format", "{{json .NetworkSettings.Networks}}", container.ref]);
  const connected = Object.keys(JSON.parse(output) as object);
  const clusterNetworks = await networks("label=app=k3d");
  return clusterNetworks.map(({ name }) => name).filter((name) => connected.includes(name));
}

/**
 * Starts a cache.
 *
 * @returns false if Docker cannot start it, as when a network of it was removed or its port is taken. A new container
 * serves the same images, which are in the volume.
 */
const startCache = ({ name, state }: DockerObject): Promise<boolean> =>
  docker([state === "paused" ? "unpause" : "start", name]).then(
    () => true,
    () => false,
  );

async function ensureCache(
  cache: ImageCache,
  labelledVolumes: readonly DockerObject[],
  commands: CommandWriter,
): Promise<void> {
  const name = cacheContainer(cache);
  const [container, [volume]] = await Promise.all([containerOf(name), volumes(`name=^${name}$`)]);
  const isOurs = labelledVolumes.some((object) => object.name === name);
  const foreign = container && !container.cache && !isOurs ? "container" : volume && !isOurs ? "volume" : undefined;
  if (foreign)
    throw new Error(
      `imageCache = true needs the name ${name}, which a ${foreign} has that this project did not make; it was left untouched; ` +
        `fix: ${commands(configSet("imageCache", false))}; or, to remove it with all its contents: docker ${foreign === "container" ? "rm --force" : "volume rm"} ${name}`,
    );
  if (container && (container.cache || (await upstreamOf(container)) === cache.upstream))
    if (await startCache(container)) return;
  // the container does not start, or an earlier version made it as the one cache for all upstreams
  const users = container ? await usersOf(container) : [];
  if (container) await docker(["rm", "--force", container.ref]);
  const labels = { [cacheLabel]: cache.host, [upstreamLabel]: cache.upstream, [accountLabel]: account() };
  const labelFlags = Object.entries(labels).flatMap(([key, value]) => ["--label", `${key}=${value}`]);
  await docker(["volume", "create", ...labelFlags, name]);
  // k3d connects only registries that carry its label
  const options = ["--detach", "--name", name, "--restart", "unless-stopped", ...labelFlags, "--label", "app=k3d"];
  const registryOptions = ["--label", "k3d.role=registry", "--publish", `127.0.0.1:${await freePort()}:5000`];
  const cacheOptions = ["--volume", `${name}:/var/lib/registry`, "--env", `REGISTRY_PROXY_REMOTEURL=${cache.upstream}`];
  await docker(["run", ...options, ...registryOptions, ...cacheOptions, versions.registryImage], 180).catch(
    async (error) => {
      // another environment may have started it meanwhile
      if (!(await containerOf(name))?.cache) throw error;
    },
  );
  for (const network of users) await docker(["network", "connect", network, name]);
}

/** True if the registry of a cache answers. It answers only after it has reached the registry that it caches. */
async function isAnswering(name: string): Promise<boolean> {
  const port = await registryPort(name).catch(() => Number.NaN);
  if (!port) return false;
  const target = { host: "localhost", address: "127.0.0.1", port, path: "/v2/" };
  return getFrom(target).then(
    ({ status }) => status === 200,
    () => false,
  );
}

/**
 * Starts every cache before a cluster pulls through it. A cache keeps its images when a cluster is removed.
 *
 * @param seconds - in which the caches have to answer
 * @throws Error that names the caches that do not answer
 */
export async function ensureCaches(caches: readonly ImageCache[], commands = forNpm(), seconds = 15): Promise<void> {
  if (caches.length === 0) return;
  const labelledVolumes = await cacheVolumes();
  for (const cache of caches) await ensureCache(cache, labelledVolumes, commands);
  const silentCaches = async (): Promise<readonly string[]> => {
    const names = caches.map(cacheContainer);
    const states = await Promise.all(names.map(isAnswering));
    return names.filter((_, i) => !states[i]);
  };
  const silent = await poll(seconds, silentCaches, ({ length }) => length === 0);
  if (silent.length === 0) return;
  throw new Error(
    `imageCache = true: after ${seconds} s no answer from ${silent.join(", ")}; an image cache does not start while its registry cannot be reached; ` +
      `see: docker logs ${silent[0]}; fix: the network, or, to pull without caches: ${commands(configSet("imageCache", false))}`,
  );
}

/** Registries whose images this account keeps; undefined when Docker does not answer. */
export const cachedRegistries = (): Promise<string[] | undefined> =>
  cacheVolumes().then(
    (caches) => [...new Set(caches.filter(isRemovable).map(({ cache }) => cache))],
    () => undefined,
  );

/** An image cache that is not removed. */
export interface KeptCache {
  readonly host: string;
  /** Reason why it is not removed, as a clause for a message. */
  readonly reason: string;
}

/**
 * Removes the caches that this account created, with their images. Those that a cluster uses stay.
 *
 * @param host - registry whose caches are removed; @default all
 * @returns the caches that stay
 */
export async function removeCaches(host?: string): Promise<KeptCache[]> {
  const kept: KeptCache[] = [];
  for (const volume of await cacheVolumes()) {
    if (host !== undefined && volume.cache !== host) continue;
    if (!isRemovable(volume)) {
      const { name } = volume;
      const reason = `${volume.account} created this cache; to remove it: docker rm --force ${name}; docker volume rm ${name}`;
      kept.push({ host: volume.cache, reason });
      continue;
    }
    const container = await containerOf(volume.name);
    const users = container ? await usersOf(container) : [];
    if (users.length > 0) {
      kept.push({ host: volume.cache, reason: `the clusters in ${users.join(", ")} use this cache` });
      continue;
    }
    if (container) await docker(["rm", "--force", container.ref]);
    await docker(["volume", "rm", "--force", volume.name]);
  }
  return kept;
}
