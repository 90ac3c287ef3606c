import type { Settings } from "../settings/contract";
import { meshVersions } from "./revisions";

/** A chart as its repository offers it. */
export interface Chart {
  readonly name: string;
  readonly version: string;
  readonly repository: string;
}

/** What a repository has by a name. */
export const within = (repository: string, name: string): string => `${repository.replace(/\/$/, "")}/${name}`;

/** Istio's charts, in the order of their install. */
export const istioCharts = ["base", "istiod", "gateway"] as const;

/** The charts that an environment is made from. */
export function charts(settings: Settings): Chart[] {
  const { loadBalancer, metallbVersion, metallbChartRepository, istioChartRepository } = settings;
  const { base, istiods, gateway } = meshVersions(settings);
  const istio = [["base", base], ...istiods.map((version) => ["istiod", version]), ["gateway", gateway]] as const;
  const named = istio.map(([name = "", version = ""]) => ({ name, version, repository: istioChartRepository }));
  const metallb = { name: "metallb", version: metallbVersion, repository: metallbChartRepository };
  return loadBalancer === "metallb" ? [metallb, ...named] : named;
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
  return { url: new URL(url, within(repository, "")).href, digest: entry.digest };
}

/** Folder of the charts' archives, in that of the program. */
export const archives = ".tools/charts";

/** Whether a chart is in an OCI registry, which has no index (https://helm.sh/docs/topics/registries/). */
export const inRegistry = ({ repository }: Pick<Chart, "repository">): boolean => repository.startsWith("oci:");

/** Where the archive of a chart is kept: the same on every machine, and another for another repository. */
export function archivePath({ name, version, repository }: Chart): string {
  const { host, pathname, search } = new URL(repository);
  const from = `${`${host}${pathname}`.replace(/[^\w./-]/g, "_")}${search.replace(/[^\w.-]/g, "_")}`.replace(
    /\/+$/,
    "",
  );
  return `${archives}/${from}/${name}-${version}.tgz`;
}

/** What was kept of the charts asked for: the path of each by its name, and why the others are missing. */
export interface Kept {
  readonly paths: Readonly<Record<string, string>>;
  readonly missing: readonly string[];
}
