import type { Settings } from "./contract";

/** An image as it was found: what it is called, and what exactly that was. */
export interface Image {
  readonly image: string;
  readonly digest: string;
}

/** A chart as its repository offers it. */
export interface Chart {
  readonly name: string;
  readonly version: string;
  readonly repository: string;
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

/** The charts that an environment is made from. */
export function charts(settings: Settings): Chart[] {
  const { loadBalancer, metallbVersion, metallbChartRepository, istioVersion, istioChartRepository } = settings;
  const istio = ["base", "istiod", "gateway"].map((name) => ({
    name,
    version: istioVersion,
    repository: istioChartRepository,
  }));
  const metallb = { name: "metallb", version: metallbVersion, repository: metallbChartRepository };
  return loadBalancer === "metallb" ? [metallb, ...istio] : istio;
}

/** An index of a chart repository, as far as it is read here (https://helm.sh/docs/topics/chart_repository/#the-index-file). */
export interface ChartIndex {
  readonly entries?: Readonly<
    Record<string, readonly { readonly version: string; readonly urls: readonly string[]; readonly digest?: string }[]>
  >;
}

/** Where a chart's archive lies and what its SHA-256 is; undefined where the index does not know it. */
export function archiveOf(index: ChartIndex, { name, version, repository }: Chart) {
  const entry = index.entries?.[name]?.find((one) => one.version.replace(/^v/, "") === version);
  const [url] = entry?.urls ?? [];
  if (!entry || url === undefined) return undefined;
  return { url: new URL(url, `${repository.replace(/\/$/, "")}/`).href, digest: entry.digest };
}

/** A bundle as a table for a terminal. */
export function bundleTable(
  images: readonly Image[],
  archives: readonly (Chart & { readonly digest: string })[],
): string {
  const rows = [
    ...images.map(({ image, digest }) => ["image", image, digest]),
    ...archives.map(({ name, version, digest }) => ["chart", `${name} ${version}`, `sha256:${digest}`]),
  ];
  const width = Math.max(...rows.map(([, name = ""]) => name.length));
  return rows.map(([kind, name = "", digest]) => `${kind}  ${name.padEnd(width)}  ${digest}`).join("\n");
}
