import { meshNamespace } from "../names";
import { configSet, type Failure, remedy, run } from "../output/remedy";
import type { Settings } from "../settings/contract";
import { archivePath, type Chart, inRepository } from "./charts";
import { meshVersions } from "./revisions";
import { compareVersions, minorOf, supportedIstio } from "./versions";

/** Helm release of the CRDs, and name of the chart around them. */
export const crdsRelease = "gateway-api";

/** CRDs without which the routes do not work. */
export const requiredCrds = ["gateways.gateway.networking.k8s.io", "httproutes.gateway.networking.k8s.io"] as const;

/** Settings that decide about the CRDs. */
export type CrdsSettings = Pick<
  Settings,
  "routing" | "gatewayApiRepository" | "istioVersion" | "nextIstioVersion" | "nextIstioStage"
>;

/**
 * The CRDs of the Gateway API as a chart. Undefined when the routes do not use them. Older control planes can use newer
 * CRDs, so the version follows that of Istio's own CRDs.
 */
export function gatewayApiChart(settings: CrdsSettings): Chart | undefined {
  if (settings.routing === "istio") return undefined;
  const version = supportedIstio[minorOf(meshVersions(settings).base)]?.gatewayApi ?? "";
  return { name: crdsRelease, version, repository: settings.gatewayApiRepository };
}

const manifest = "standard-install.yaml";

/** URL of the file with the CRDs of the standard channel. */
export const manifestUrl = ({ version, repository }: Chart): string =>
  inRepository(repository, `v${version}/${manifest}`);

/** Folder in the cache that is the chart around the CRDs. */
export const crdsFolder = (chart: Chart): string => archivePath(chart).replace(/\.tgz$/, "");

/** Path of the file with the CRDs in the cache. */
export const manifestPath = (chart: Chart): string => `${crdsFolder(chart)}/${manifest}`;

/**
 * Files of the chart around the CRDs, by path. Helm keeps the CRDs when the release is removed, as the chart of Istio's own
 * CRDs requests too: the deletion of a CRD deletes every Gateway or route in the cluster.
 */
export const crdsChartFiles = ({ name, version }: Chart): Readonly<Record<string, string>> => ({
  "Chart.yaml": JSON.stringify({ apiVersion: "v2", name, version, description: "CRDs of the Gateway API" }),
  "values.yaml": "install: true\n",
  "templates/crds.yaml": [
    "{{- if .Values.install }}",
    String.raw`{{ .Files.Get "${manifest}" | replace "\n  annotations:\n" "\n  annotations:\n    helm.sh/resource-policy: keep\n" }}`,
    "{{- end }}",
    "",
  ].join("\n"),
});

/** A CRD in a cluster. */
export interface Crd {
  readonly metadata: { readonly name: string; readonly annotations?: Readonly<Record<string, string>> };
}

/** Values of the chart, or the reason why the cluster's CRDs do not allow it. */
export type CrdsDecision = { readonly install: boolean; readonly repair?: string } | { readonly refused: Failure };

const isOfRelease = ({ metadata: { annotations = {} } }: Crd): boolean =>
  annotations["meta.helm.sh/release-name"] === crdsRelease &&
  annotations["meta.helm.sh/release-namespace"] === meshNamespace;

/** Version in the annotation of a CRD, such as 1.5.1. Undefined if there is none. */
const bundleOf = ({ metadata: { annotations = {} } }: Crd): string | undefined =>
  /^v(\d+\.\d+\.\d+\S*)$/.exec(annotations["gateway.networking.k8s.io/bundle-version"] ?? "")?.[1];

/**
 * Decides about a cluster's CRDs. Those of another owner are never overwritten: they are used if they are new enough.
 *
 * @param crds - those of {@link requiredCrds} that the cluster has
 * @param isReleased - true if Helm has the release, so that somebody deleted the missing CRDs
 * @param now - value that changes the release for a repair, so that Helm applies it again
 */
export function decideCrds(chart: Chart, crds: readonly Crd[], isReleased: boolean, now: string): CrdsDecision {
  const foreign = crds.filter((crd) => !isOfRelease(crd));
  if (foreign.length === 0)
    return isReleased && crds.length < requiredCrds.length ? { install: true, repair: now } : { install: true };
  const least = `${minorOf(chart.version)}.0`;
  const old = requiredCrds.find((name) => {
    const bundle = crds.filter(({ metadata }) => metadata.name === name).map(bundleOf)[0];
    return bundle === undefined || compareVersions(bundle, least) < 0;
  });
  if (old === undefined) return { install: false };
  const crd = crds.find(({ metadata }) => metadata.name === old);
  const version = crd === undefined ? "is missing" : `is of version ${bundleOf(crd) ?? "unknown"}`;
  return {
    refused: {
      problem: `routing = "gateway-api": the cluster has CRDs of the Gateway API that this stack did not install, and ${old} ${version}, but Istio needs ${least} or newer; nothing was overwritten`,
      remedy: remedy`kubectl apply --server-side -f ${manifestUrl(chart)}, then ${run("up")}; or ${configSet("routing", "istio")}`,
    },
  };
}
