import type { Chart } from "../mesh/charts";
import type { Plugin } from "./plugins";
import { columns } from "./table";

/** An image that a pod or a node runs: its name, and the digest of its content. */
export interface Image {
  readonly image: string;
  readonly digest: string;
}

const tagOf = /^(?<name>[^@]+):(?<tag>[^:/@]+)$/;

/**
 * Returns each image once, sorted by name.
 *
 * @param namesByImage - for each image its names as reported by a node or Docker: some with a tag, one with a digest
 */
export function imagesOf(namesByImage: readonly (readonly string[])[]): Image[] {
  const images = namesByImage.flatMap((names) => {
    const digest = names.find((name) => name.includes("@sha256:"))?.split("@")[1];
    if (digest === undefined) return [];
    const tagged = names.filter((name) => tagOf.test(name));
    const bare = names.flatMap((name) => (name.includes("@") ? [name.slice(0, name.indexOf("@"))] : []));
    return (tagged.length > 0 ? tagged : bare).map((image) => ({ image, digest }));
  });
  const unique = new Map(images.map((image) => [`${image.image}@${image.digest}`, image]));
  return [...unique.values()].sort((a, b) => a.image.localeCompare(b.image));
}

interface Container {
  readonly image: string;
  readonly imageID: string;
}

/** The fields of a pod that name its images. */
export interface Pod {
  readonly status: {
    readonly containerStatuses?: readonly Container[];
    readonly initContainerStatuses?: readonly Container[];
  };
}

/**
 * Names of each image that a pod runs. The status of a node would list a new image only after seconds, and 50 at most.
 */
export const imagesRunBy = ({ status }: Pod): string[][] =>
  [...(status.containerStatuses ?? []), ...(status.initContainerStatuses ?? [])].map(({ image, imageID }) => [
    image,
    imageID.replace(/^[\w-]+:\/\//, ""),
  ]);

export const hasTag = ({ image }: Image): boolean => tagOf.test(image);

/** Everything that an environment downloads. */
export interface Bundle {
  readonly images: readonly Image[];
  readonly archives: readonly (Chart & { readonly digest: string })[];
  /** Charts in an OCI registry, to be mirrored like images. */
  readonly mirrored: readonly Chart[];
  readonly plugins: readonly Plugin[];
  /** The CRDs of the Gateway API; none unless the routes use them. */
  readonly crds?: readonly (Chart & { readonly digest: string })[];
}

/** A bundle as a table for a terminal. */
export function bundleTable({ images, archives, mirrored, plugins, crds = [] }: Bundle): string {
  const rows = [
    ...images.map(({ image, digest }) => ["image", image, digest]),
    ...archives.map(({ name, version, digest }) => ["chart", `${name} ${version}`, `sha256:${digest}`]),
    ...mirrored.map(({ name, version, repository }) => [
      "chart",
      `${name} ${version}`,
      `${repository.replace(/\/$/, "")}/${name}:${version}, which is mirrored like an image`,
    ]),
    ...crds.map(({ name, version, digest }) => ["CRDs", `${name} ${version}`, `sha256:${digest}`]),
    ...plugins.map(({ name, version, url }) => ["plugin", `${name} ${version}`, url]),
  ];
  return columns(rows).join("\n");
}
