import versions from "../../versions.json";
import type { Settings } from "../settings/contract";

/** A place that lists the releases of a part. */
export type ReleaseSource =
  | { readonly kind: "charts"; readonly repository: string; readonly chart: string; readonly auth: string }
  | { readonly kind: "npm"; readonly package: string }
  /** A repository on GitHub. */
  | { readonly kind: "releases"; readonly repository: string };

/** A part whose version is pinned. */
export interface Pin {
  readonly name: string;
  readonly version: string;
  readonly source: ReleaseSource;
}

const github = (repository: string): ReleaseSource => ({ kind: "releases", repository });

/** Images that run in the environment, with the projects that release them. */
const images = [
  ["Prometheus", versions.prometheusImage, "prometheus/prometheus"],
  ["Kiali", versions.kialiImage, "kiali/kiali"],
  ["Grafana", versions.grafanaImage, "grafana/grafana"],
  ["oauth2-proxy", versions.oauth2ProxyImage, "oauth2-proxy/oauth2-proxy"],
  ["registry", versions.registryImage, "distribution/distribution"],
  ["curl", versions.curlImage, "curl/curl"],
] as const;

type Charts = Pick<Settings, "istioChartRepository" | "istioChartAuth" | "metallbChartRepository" | "metallbChartAuth">;

/**
 * Every pinned part: those of versions.json, and Pulumi's providers.
 *
 * @param settings - name the chart repositories of a stack
 * @param dependencies - of package.json
 */
export function pinnedParts(settings: Charts, dependencies: Readonly<Record<string, string>>): Pin[] {
  const { istioChartRepository, istioChartAuth, metallbChartRepository, metallbChartAuth } = settings;
  const istio: ReleaseSource = {
    kind: "charts",
    repository: istioChartRepository,
    chart: "istiod",
    auth: istioChartAuth,
  };
  const metallb: ReleaseSource = {
    ...{ kind: "charts", repository: metallbChartRepository, chart: "metallb", auth: metallbChartAuth },
  };
  const providers = Object.entries(dependencies).filter(([name]) => name.startsWith("@pulumi/"));
  return [
    { name: "Istio", version: versions.istio, source: istio },
    { name: "Kubernetes (k3s)", version: versions.k3s, source: github("k3s-io/k3s") },
    { name: "k3d", version: versions.k3d, source: github("k3d-io/k3d") },
    { name: "MetalLB", version: versions.metallb, source: metallb },
    { name: "Pulumi", version: versions.pulumi, source: { kind: "npm", package: "@pulumi/pulumi" } },
    ...providers
      .filter(([name]) => name !== "@pulumi/pulumi")
      .map(([name, version]): Pin => ({ name, version, source: { kind: "npm", package: name } })),
    ...images.map(([name, image, repository]): Pin => {
      return { name, version: image.slice(image.lastIndexOf(":") + 1), source: github(repository) };
    }),
  ];
}

/** Address of a source, for a person. */
export const placeOf = (source: ReleaseSource): string =>
  source.kind === "charts" ? source.repository : source.kind === "npm" ? "npm" : `github.com/${source.repository}`;
