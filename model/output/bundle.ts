import type { Chart } from "../mesh/charts";
import type { Plugin } from "./plugins";

/** An image as it was found: what it is called, and what exactly that was. */
export interface Image {
  readonly image: string;
  readonly digest: string;
}

const tagOf = /^(?<name>[^@]+):(?<tag>[^:/@]+)$/;

/**
 * Images with their digests, by name, each once.
 *
 * @param found - the names of each image as a node or Docker tells them: some with tag, one with digest
 */
export function imagesOf(found: readonly (readonly string[])[]): Image[] {
  const images = found.flatMap((names) => {
    const digest = names.find((name) => name.includes("@sha256:"))?.split("@")[1];
    if (digest === undefined) return [];
    const tagged = names.filter((name) => tagOf.test(name));
    const bare = names.flatMap((name) => (name.includes("@") ? [name.slice(0, name.indexOf("@"))] : []));
    return (tagged.length > 0 ? tagged : bare).map((image) => ({ image, digest }));
  });
  const unique = new Map(images.map((one) => [`${one.image}@${one.digest}`, one]));
  return [...unique.values()].sort((a, b) => a.image.localeCompare(b.image));
}

interface Container {
  readonly image: string;
  readonly imageID: string;
}

/** A pod, as far as it is read here. */
export interface Pod {
  readonly status: {
    readonly containerStatuses?: readonly Container[];
    readonly initContainerStatuses?: readonly Container[];
  };
}

/** The names of each image that a pod runs; a node tells of a new one only some seconds later, and of 50 at most. */
export const runBy = ({ status }: Pod): string[][] =>
  [...(status.containerStatuses ?? []), ...(status.initContainerStatuses ?? [])].map(({ image, imageID }) => [
    image,
    imageID.replace(/^[\w-]+:\/\//, ""),
  ]);

export const hasTag = ({ image }: Image): boolean => tagOf.test(image);

/** What an environment is made of, as far as it comes from elsewhere. */
export interface Bundle {
  readonly images: readonly Image[];
  readonly archives: readonly (Chart & { readonly digest: string })[];
  /** Charts in an OCI registry, which are mirrored like images. */
  readonly mirrored: readonly Chart[];
  readonly plugins: readonly Plugin[];
}

/** A bundle as a table for a terminal. */
export function bundleTable({ images, archives, mirrored, plugins }: Bundle): string {
  const rows = [
    ...images.map(({ image, digest }) => ["image ", image, digest]),
    ...archives.map(({ name, version, digest }) => ["chart ", `${name} ${version}`, `sha256:${digest}`]),
    ...mirrored.map(({ name, version, repository }) => [
      "chart ",
      `${name} ${version}`,
      `${repository.replace(/\/$/, "")}/${name}:${version}, which is mirrored like an image`,
    ]),
    ...plugins.map(({ name, version, url }) => ["plugin", `${name} ${version}`, url]),
  ];
  const width = Math.max(...rows.map(([, name = ""]) => name.length));
  return rows.map(([kind, name = "", source]) => `${kind}  ${name.padEnd(width)}  ${source}`).join("\n");
}
