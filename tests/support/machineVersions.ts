import { ambientCharts } from "../../model/mesh/ambient";
import { istioCharts } from "../../model/mesh/charts";
import { gatewayApiChart, manifestUrl } from "../../model/mesh/gatewayApi";
import { compareVersions, minorOf, supportedIstio } from "../../model/mesh/versions";
import { settingKeys } from "../../model/settings/contract";
import versions from "../../versions.json";

export type Config = Readonly<Record<string, string>>;

/** Reads from this machine and its mirrors. */
export interface MachineReads {
  /** Versions of which a chart repository has all of these charts. Rejects if the repository does not answer. */
  chartVersions(repository: string, charts: readonly string[]): Promise<readonly string[]>;
  /** True if Docker has an image or can pull it. */
  hasImage(image: string): Promise<boolean>;
  /** Tags of an image that Docker has. */
  tags(image: string): Promise<readonly string[]>;
  /** True if a mirror has a file. */
  hasFile(url: string): Promise<boolean>;
}

const bare = (version: string): string => version.replace(/^v/, "");

/** Versions of these minors: the pinned one, else all, the newest first. */
function candidates(pinned: string, available: readonly string[], minors: readonly string[]): string[] {
  if (available.includes(pinned)) return [pinned];
  const supported = available.filter((version) => minors.includes(minorOf(version)));
  return supported.sort((a, b) => compareVersions(bare(b), bare(a)));
}

/** The first of some values that passes an asynchronous test. */
async function firstThat<T>(values: readonly T[], passes: (value: T) => Promise<boolean>): Promise<T | undefined> {
  for (const value of values) if (await passes(value)) return value;
  return undefined;
}

/** True if Docker has all of these images or can pull them. */
const hasAll = async (reads: MachineReads, images: readonly string[]): Promise<boolean> =>
  (await firstThat(images, async (image) => !(await reads.hasImage(image)))) === undefined;

/** Charts, images and supported minors of a part of an environment. */
interface Part {
  readonly pinned: string;
  readonly repository: string;
  readonly charts: readonly string[];
  readonly minors: readonly string[];
  readonly images: (version: string) => readonly string[];
}

const istio = ({ istioChartRepository, istioHub = settingKeys.istioHub.default }: Config): Part => ({
  pinned: versions.istio,
  repository: istioChartRepository ?? settingKeys.istioChartRepository.default,
  charts: istioCharts,
  minors: Object.keys(supportedIstio),
  images: (version) => ["pilot", "proxyv2"].map((image) => `${istioHub}/${image}:${version}`),
});

const metallb = ({ metallbChartRepository }: Config): Part => ({
  pinned: versions.metallb,
  repository: metallbChartRepository ?? settingKeys.metallbChartRepository.default,
  charts: ["metallb"],
  minors: versions.supported.metallb,
  images: (version) => ["controller", "speaker"].map((image) => `quay.io/metallb/${image}:v${version}`),
});

/** The pinned version if the chart repository has it, else the newest supported one whose images can be pulled. */
async function installable(reads: MachineReads, { pinned, repository, charts, minors, images }: Part): Promise<string> {
  const available = (await reads.chartVersions(repository, charts)).map(bare);
  const version = await firstThat(
    candidates(pinned, available, minors),
    async (one) => one === pinned || (await hasAll(reads, images(one))),
  );
  if (version !== undefined) return version;
  throw new Error(
    `${repository} has ${available.join(", ") || "no version"} of ${charts.join(", ")}; one of ${minors.join(", ")} with images that Docker can pull is needed`,
  );
}

/** Newest version of each supported minor that this machine can install, the oldest minor first. */
async function newestByMinor(reads: MachineReads, { repository, charts, minors, images }: Part): Promise<string[]> {
  const available = (await reads.chartVersions(repository, charts)).map(bare);
  const newest = minors.map((minor) =>
    firstThat(candidates("", available, [minor]), (version) => hasAll(reads, images(version))),
  );
  return (await Promise.all(newest)).flatMap((version) => version ?? []);
}
export const newestIstios = (config: Config, reads: MachineReads) => newestByMinor(reads, istio(config));
/** The part of an environment in ambient, which has more charts and images. */
const ambient = (config: Config): Part => {
  const { images, charts, ...part } = istio(config);
  const onNodes = (version: string) =>
    ["install-cni", "ztunnel"].map(
      (image) => `${config["istioHub"] ?? settingKeys.istioHub.default}/${image}:${version}`,
    );
  return {
    ...part,
    charts: [...charts, ...ambientCharts],
    images: (version) => [...images(version), ...onNodes(version)],
  };
};
export const newestAmbientIstios = (config: Config, reads: MachineReads) => newestByMinor(reads, ambient(config));

/** True if this machine can install a version in ambient. Rejects if the chart repository does not answer. */
export async function hasAmbient(version: string, config: Config, reads: MachineReads): Promise<boolean> {
  const { repository, charts, images } = ambient(config);
  const available = (await reads.chartVersions(repository, charts)).map(bare);
  return available.includes(version) && hasAll(reads, images(version));
}
export const newestMetallbs = (config: Config, reads: MachineReads) => newestByMinor(reads, metallb(config));

/** The pinned version if Docker can pull it, else the newest one of its images that an Istio version supports. */
async function k3sOf(reads: MachineReads, istioVersion: string): Promise<string> {
  const image = "rancher/k3s";
  if (await reads.hasImage(`${image}:${versions.k3s}`)) return versions.k3s;
  const minors = supportedIstio[minorOf(istioVersion)]?.kubernetes ?? [];
  const [newest] = candidates(versions.k3s, await reads.tags(image), minors);
  if (newest === undefined) throw new Error(`Docker can pull no ${image} of Kubernetes ${minors.join(", ")}`);
  return newest;
}

/** URL of the CRDs of the Gateway API that go with a version of Istio, in a repository. */
export function crdsManifest(istioVersion: string, gatewayApiRepository: string): string | undefined {
  const upgrade = { nextIstioVersion: "none", nextIstioStage: "istiod" } as const;
  const chart = gatewayApiChart({ routing: "gateway-api", gatewayApiRepository, istioVersion, ...upgrade });
  return chart && manifestUrl(chart);
}

/**
 * Adds the versions that this machine can install, and the mirror that has the CRDs of the Gateway API. Without chart
 * repositories of its own, these are the pinned ones. Versions that the configuration names stay.
 *
 * @param say - prints a line for each version that is not the pinned one
 */
export async function withVersions(config: Config, reads: MachineReads, say: (line: string) => void): Promise<Config> {
  const { istioChartRepository, metallbChartRepository } = config;
  if (istioChartRepository === undefined && metallbChartRepository === undefined) return config;
  const chosen: Record<string, string> = { ...config };
  const choose = async (key: string, name: string, pinned: string, place: string, choice: () => Promise<string>) => {
    chosen[key] ??= await choice();
    if (chosen[key] !== pinned && config[key] === undefined)
      say(`end to end with ${name} ${chosen[key]}: ${place} has no ${pinned}`);
  };
  if (istioChartRepository !== undefined)
    await choose("istioVersion", "Istio", versions.istio, istioChartRepository, () =>
      installable(reads, istio(config)),
    );
  if (metallbChartRepository !== undefined)
    await choose("metallbVersion", "MetalLB", versions.metallb, metallbChartRepository, () =>
      installable(reads, metallb(config)),
    );
  await choose("k3sVersion", "k3s", versions.k3s, "Docker", () =>
    k3sOf(reads, chosen["istioVersion"] ?? versions.istio),
  );
  if (istioChartRepository !== undefined) chosen["gatewayApiRepository"] ??= await crdsBeside(chosen, reads);
  return chosen;
}

/** Repository of the CRDs of the Gateway API: the mirror of Istio's charts if that has them too, else the default. */
async function crdsBeside({ istioChartRepository = "", istioVersion = "" }: Config, reads: MachineReads) {
  const manifest = crdsManifest(istioVersion, istioChartRepository);
  const exists = manifest !== undefined && (await reads.hasFile(manifest));
  return exists ? istioChartRepository : settingKeys.gatewayApiRepository.default;
}
