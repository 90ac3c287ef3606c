import { project } from "../names";
import type { Settings } from "../settings/contract";
import { mirrors } from "./registries";

/** A pull-through cache of one registry, which every environment of this machine may use. */
export interface ImageCache {
  /** Registry that it stands before, such as docker.io. */
  readonly host: string;
  /** Where it gets what it does not have. */
  readonly upstream: string;
}

/** Label on the volume of a cache, by which it is found again. */
export const cacheLabel = `${project}.cache`;

/** Characters of a container's host name: Linux allows 64, a DNS label 63. */
const longestHostname = 63;
const containerPrefix = "k3d-";

/** 32 bits of a text in hexadecimal digits (FNV-1a). */
function shortHash(text: string): string {
  let hash = 0x811c9dc5;
  for (const character of text) hash = Math.imul(hash ^ (character.codePointAt(0) ?? 0), 0x01000193);
  return (hash >>> 0).toString(16).padStart(8, "0");
}

/**
 * Name that k3d is given for a cache's registry. k3d makes it the host name of the container, so a long one is cut and
 * ends with a hash of the whole.
 */
export function cacheName(host: string): string {
  const name = `${project}-${host.replace(":", "-")}`;
  const room = longestHostname - containerPrefix.length;
  return name.length <= room ? name : `${name.slice(0, room - 9)}-${shortHash(host)}`;
}

/** Name of a cache's container and volume, and of its host in the cluster's network. */
export const cacheContainer = (host: string): string => `${containerPrefix}${cacheName(host)}`;

/** Registries of all that an environment pulls but for its hub and its app: k3s, Istio's samples, MetalLB. */
const always = ["docker.io", "quay.io"];

/** Registry of an image or a path; one without a host is Docker's own (distribution/reference). */
export function registryOf(image: string): string {
  const [first = ""] = image.split("/");
  return image.includes("/") && (/[.:]/.test(first) || first === "localhost") ? first : "docker.io";
}

/** True for a registry on the loopback interface: inside the container of a cache, that name is the cache itself. */
const isLocal = (host: string): boolean => /^(localhost|127\.[\d.]+)(:|$)/.test(host);

type From = Pick<Settings, "imageCache" | "registryMirrors" | "istioHub" | "appImage">;

/** The caches that an environment pulls through; a mirror is then what its cache asks. */
export function imageCaches({ imageCache, registryMirrors, istioHub, appImage }: From): readonly ImageCache[] {
  if (!imageCache) return [];
  const mirrored = mirrors(registryMirrors) ?? {};
  const pulled = [...always, registryOf(istioHub), registryOf(appImage)].filter((host) => !isLocal(host));
  const hosts = new Set([...pulled, ...Object.keys(mirrored)]);
  // Docker's registry does not answer at its own name (https://distribution.github.io/distribution/recipes/mirror/)
  const own = (host: string) => `https://${host === "docker.io" ? "registry-1.docker.io" : host}`;
  return [...hosts].sort().map((host) => ({ host, upstream: mirrored[host] ?? own(host) }));
}

/** Where a cluster's nodes find a cache. */
export const cacheEndpoint = (host: string): string => `http://${cacheContainer(host)}:5000`;
