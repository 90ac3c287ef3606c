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

/** Name that k3d is given for a cache's registry. */
export const cacheName = (host: string): string => `${project}-${host.replace(":", "-")}`;

/** Name of a cache's container and volume, and of its host in the cluster's network. */
export const cacheContainer = (host: string): string => `k3d-${cacheName(host)}`;

/** Registries of all that an environment pulls but for its hub and its app: k3s, Istio's samples, MetalLB. */
const always = ["docker.io", "quay.io"];

/** Registry of an image or a path; one without a host is Docker's own. */
export function registryOf(image: string): string {
  const [first = ""] = image.split("/");
  return image.includes("/") && /[.:]/.test(first) ? first : "docker.io";
}

type From = Pick<Settings, "imageCache" | "registryMirrors" | "istioHub" | "appImage">;

/** The caches that an environment pulls through; a mirror is then what its cache asks. */
export function imageCaches({ imageCache, registryMirrors, istioHub, appImage }: From): readonly ImageCache[] {
  if (!imageCache) return [];
  const mirrored = mirrors(registryMirrors) ?? {};
  const hosts = new Set([...always, registryOf(istioHub), registryOf(appImage), ...Object.keys(mirrored)]);
  // Docker's registry does not answer at its own name (https://distribution.github.io/distribution/recipes/mirror/)
  const own = (host: string) => `https://${host === "docker.io" ? "registry-1.docker.io" : host}`;
  return [...hosts].sort().map((host) => ({ host, upstream: mirrored[host] ?? own(host) }));
}

/** Where a cluster's nodes find a cache. */
export const cacheEndpoint = (host: string): string => `http://${cacheContainer(host)}:5000`;
