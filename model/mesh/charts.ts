import type { Settings } from "../settings/contract";
import { ambientCharts } from "./ambient";
import { meshVersions } from "./revisions";

/** A Helm chart in its repository. */
export interface Chart {
  readonly name: string;
  readonly version: string;
  readonly repository: string;
}

/** URL of a file or a chart in a repository. */
export const inRepository = (repository: string, name: string): string => `${repository.replace(/\/$/, "")}/${name}`;

/** Istio's charts, in the order of their installation. */
export const istioCharts = ["base", "istiod", "gateway"] as const;

/** The charts that an environment installs. */
export function chartsToInstall(settings: Settings): Chart[] {
  const { loadBalancer, metallbVersion, metallbChartRepository, istioChartRepository } = settings;
  const { base, istiods, gateway, app } = meshVersions(settings);
  const onNodes = settings.dataplane === "ambient" ? ambientCharts.map((name) => [name, app]) : [];
  const istiod = istiods.map((version) => ["istiod", version]);
  const istio = [["base", base], ...istiod, ...onNodes, ["gateway", gateway]] as const;
  const named = istio.map(([name = "", version = ""]) => ({ name, version, repository: istioChartRepository }));
  const metallb = { name: "metallb", version: metallbVersion, repository: metallbChartRepository };
  return loadBalancer === "metallb" ? [metallb, ...named] : named;
}

/** The fields in use of a repository's index (https://helm.sh/docs/topics/chart_repository/#the-index-file). */
export interface ChartIndex {
  readonly entries?: Readonly<
    Record<string, readonly { readonly version: string; readonly urls: readonly string[]; readonly digest?: string }[]>
  >;
}

/** URL and SHA-256 of a chart's archive. Undefined if the index does not list the chart. */
export function archiveOf(index: ChartIndex, { name, version, repository }: Chart) {
  const entry = index.entries?.[name]?.find((candidate) => candidate.version.replace(/^v/, "") === version);
  const [url] = entry?.urls ?? [];
  if (!entry || url === undefined) return undefined;
  return { url: new URL(url, inRepository(repository, "")).href, digest: entry.digest };
}

/** Folder of the chart cache, relative to the program's folder. */
export const chartCacheFolder = ".tools/charts";

/** True for a chart in an OCI registry, which has no index (https://helm.sh/docs/topics/registries/). */
export const inRegistry = ({ repository }: Pick<Chart, "repository">): boolean => repository.startsWith("oci:");

/** Path of a chart in the cache. It depends on the repository, and not on the machine. */
export function archivePath({ name, version, repository }: Chart): string {
  const { host, pathname, search } = new URL(repository);
  const from = `${`${host}${pathname}`.replace(/[^\w./-]/g, "_")}${search.replace(/[^\w.-]/g, "_")}`.replace(
    /\/+$/,
    "",
  );
  return `${chartCacheFolder}/${from}/${name}-${version}.tgz`;
}

/** Charts in the cache: paths by name, and the reasons why others are missing. */
export interface CachedCharts {
  readonly paths: Readonly<Record<string, string>>;
  readonly missing: readonly string[];
}
