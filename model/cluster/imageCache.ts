import { project } from "../names";
import type { Settings } from "../settings/contract";
import { parseMirrors } from "./registries";

/** A pull-through cache of one registry, which every environment of this machine may use. */
export interface ImageCache {
  /** Registry whose images it serves, such as docker.io. */
  readonly host: string;
  /** Registry that it pulls missing images from. */
  readonly upstream: string;
}

/**
 * Label on the container and the volume of a cache: its registry.
 *
 * A cache belongs to the machine and not to a stack. Without this label nothing is used, changed or removed as a cache.
 */
export const cacheLabel = `${project}.cache`;
/** Label with the upstream of a cache. */
export const upstreamLabel = `${project}.cache-upstream`;
/** Label with the account that created a cache, USER@HOST. No other account removes it. */
export const accountLabel = `${project}.cache-account`;

/** Docker's registry does not answer at its own name (https://distribution.github.io/distribution/recipes/mirror/). */
const publicUpstream = (host: string): string => `https://${host === "docker.io" ? "registry-1.docker.io" : host}`;

/** Longest host name of a container in characters: Linux allows 64, and a DNS label 63. */
const longestHostname = 63;

/** 32 bits of a text in hexadecimal digits (FNV-1a). */
function shortHash(text: string): string {
  let hash = 0x811c9dc5;
  for (const character of text) hash = Math.imul(hash ^ (character.codePointAt(0) ?? 0), 0x01000193);
  return (hash >>> 0).toString(16).padStart(8, "0");
}

/**
 * Name of a cache's container and volume, and of its host in the cluster's network.
 *
 * Another upstream is another cache, so that no stack changes the cache that another one uses. A long name is cut; it and
 * that of another upstream end with a hash.
 */
export function cacheContainer({ host, upstream }: ImageCache): string {
  const name = `k3d-${project}-${host.replace(":", "-")}`;
  if (upstream === publicUpstream(host) && name.length <= longestHostname) return name;
  return `${name.slice(0, longestHostname - 9)}-${shortHash(`${host} ${upstream}`)}`;
}

/** Registries of the images other than Istio's and the app's: k3s, Istio's samples, MetalLB. */
const fixedRegistries = ["docker.io", "quay.io"];

/** Registry of an image or a path; one without a host is Docker's own (distribution/reference). */
export function registryOf(image: string): string {
  const [first = ""] = image.split("/");
  return image.includes("/") && (/[.:]/.test(first) || first === "localhost") ? first : "docker.io";
}

/** True for a registry on the loopback interface: inside the container of a cache, that name is the cache itself. */
const isLocal = (host: string): boolean => /^(localhost|127\.[\d.]+)(:|$)/.test(host);

type CacheSettings = Pick<Settings, "imageCache" | "registryMirrors" | "istioHub" | "appImage">;

/** Image caches of an environment. A cache pulls from the mirror if one is configured. */
export function imageCaches({ imageCache, registryMirrors, istioHub, appImage }: CacheSettings): readonly ImageCache[] {
  if (!imageCache) return [];
  const mirrored = parseMirrors(registryMirrors) ?? {};
  const pulled = [...fixedRegistries, registryOf(istioHub), registryOf(appImage)].filter((host) => !isLocal(host));
  const hosts = new Set([...pulled, ...Object.keys(mirrored)]);
  return [...hosts].sort().map((host) => ({ host, upstream: mirrored[host] ?? publicUpstream(host) }));
}

/** Address of a cache for a cluster's nodes. */
export const cacheEndpoint = (cache: ImageCache): string => `http://${cacheContainer(cache)}:5000`;
