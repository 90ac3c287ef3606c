import { istioCharts } from "../../model/mesh/charts";
import { compareVersions, minorOf, supportedIstio } from "../../model/mesh/versions";
import { keys } from "../../model/settings/contract";
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

/** The pinned version if a chart repository has it, else the newest supported one whose images can be pulled. */
async function mirrored(
  reads: MachineReads,
  pinned: string,
  charts: { readonly repository: string; readonly names: readonly string[] },
  minors: readonly string[],
  imagesOf: (version: string) => readonly string[],
): Promise<string> {
  const available = (await reads.chartVersions(charts.repository, charts.names)).map(bare);
  const version = await firstThat(
    candidates(pinned, available, minors),
    async (one) => one === pinned || (await hasAll(reads, imagesOf(one))),
  );
  if (version !== undefined) return version;
  throw new Error(
    `${charts.repository} has ${available.join(", ") || "no version"} of ${charts.names.join(", ")}; one of ${minors.join(", ")} with images that Docker can pull is needed`,
  );
}

const istioMirror = ({ istioChartRepository, istioHub = keys.istioHub.default }: Config) => ({
  charts: { repository: istioChartRepository ?? keys.istioChartRepository.default, names: istioCharts },
  minors: Object.keys(supportedIstio),
  images: (version: string) => ["pilot", "proxyv2"].map((image) => `${istioHub}/${image}:${version}`),
});

function istioOf(config: Config, reads: MachineReads): Promise<string> {
  const { charts, minors, images } = istioMirror(config);
  return mirrored(reads, versions.istio, charts, minors, images);
}

/** Newest version of each supported minor of Istio that this machine can install, the oldest minor first. */
export async function newestIstios(config: Config, reads: MachineReads): Promise<string[]> {
  const { charts, minors, images } = istioMirror(config);
  const available = await reads.chartVersions(charts.repository, charts.names);
  const newest = minors.map((minor) =>
    firstThat(candidates("", available, [minor]), (version) => hasAll(reads, images(version))),
  );
  return (await Promise.all(newest)).flatMap((version) => version ?? []);
}

const metallbOf = ({ metallbChartRepository: repository = "" }: Config, reads: MachineReads) =>
  mirrored(reads, versions.metallb, { repository, names: ["metallb"] }, versions.supported.metallb, (version) =>
    ["controller", "speaker"].map((image) => `quay.io/metallb/${image}:v${version}`),
  );

/** The pinned version if Docker can pull it, else the newest one of its images that an Istio version supports. */
async function k3sOf(reads: MachineReads, istio: string): Promise<string> {
  const image = "rancher/k3s";
  if (await reads.hasImage(`${image}:${versions.k3s}`)) return versions.k3s;
  const minors = supportedIstio[minorOf(istio)]?.kubernetes ?? [];
  const [newest] = candidates(versions.k3s, await reads.tags(image), minors);
  if (newest === undefined) throw new Error(`Docker can pull no ${image} of Kubernetes ${minors.join(", ")}`);
  return newest;
}

/**
 * Adds the versions that this machine can install. Without chart repositories of its own, these are the pinned ones.
 * Versions that the configuration names stay.
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
    await choose("istioVersion", "Istio", versions.istio, istioChartRepository, () => istioOf(config, reads));
  if (metallbChartRepository !== undefined)
    await choose("metallbVersion", "MetalLB", versions.metallb, metallbChartRepository, () => metallbOf(config, reads));
  await choose("k3sVersion", "k3s", versions.k3s, "Docker", () =>
    k3sOf(reads, chosen["istioVersion"] ?? versions.istio),
  );
  return chosen;
}
