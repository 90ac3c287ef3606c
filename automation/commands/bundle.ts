import { createHash } from "node:crypto";
import { access, constants, mkdir, writeFile } from "node:fs/promises";
import path from "node:path";
import { type ChartArchive, chartFetcher } from "../../charts/archive";
import { fetchCrds } from "../../charts/crds";
import { saveImages } from "../../host/docker";
import { fetchFile } from "../../host/fetch";
import { listOf } from "../../host/kubernetes";
import { capture } from "../../host/process";
import { type Chart, chartsToInstall, inRegistry } from "../../model/mesh/charts";
import { gatewayApiChart } from "../../model/mesh/gatewayApi";
import { bundleTable, hasTag, type Image, imagesOf, imagesRunBy, type Pod } from "../../model/output/bundle";
import { chartFile, crdsFile, installSteps } from "../../model/output/bundleSteps";
import { archiveName, type Plugin, pluginsOf } from "../../model/output/plugins";
import { quoted } from "../../model/output/text";
import type { Settings } from "../../model/settings/contract";
import { dependencies } from "../../package.json";
import versions from "../../versions.json";
import { exitCodes, OperationFailed } from "../stack/operation";
import { type RunningEnvironment, runningEnvironment } from "../stack/runningEnvironment";
import { openStack } from "../stack/stack";

interface Node {
  readonly status: { readonly images?: readonly { readonly names?: readonly string[] }[] };
}

/** Name of an image, then its digests in this host's Docker. Without digests if Docker does not have the image. */
async function onHost(image: string): Promise<string[]> {
  const format = "{{json .RepoDigests}}";
  const known = await capture("docker", ["image", "inspect", "--format", format, image]).catch(() => "[]");
  return [image, ...(JSON.parse(known) as string[])];
}

/** Every image of a running environment. The pods, the nodes and this host's Docker list them. */
async function runningImages({ api, settings }: RunningEnvironment): Promise<Image[]> {
  const [nodes, pods] = await Promise.all([listOf<Node>(api, "/api/v1/nodes"), listOf<Pod>(api, "/api/v1/pods")]);
  const onNodes = nodes.flatMap(({ status }) => (status.images ?? []).map(({ names = [] }) => names));
  const inCluster = [...onNodes, ...pods.flatMap(imagesRunBy)];
  if (settings.cluster === "existing") return imagesOf(inCluster);
  // the version of k3d on the PATH, which may differ from the pinned one
  const k3d = /v(\d+\.\d+\.\d+)/.exec(await capture("k3d", ["version"]).catch(() => ""))?.[1] ?? versions.k3d;
  const host = [
    `docker.io/rancher/k3s:${settings.k3sVersion}`,
    `ghcr.io/k3d-io/k3d-tools:${k3d}`,
    ...(settings.registry || settings.imageCache ? [versions.registryImage] : []),
    ...(settings.appSource === "folder" ? [versions.appBase] : []),
  ];
  return imagesOf([...inCluster, ...(await Promise.all(host.map(onHost)))]);
}

/** Fetches charts. Each repository gets only its own credentials. */
function fetchCharts(wanted: readonly Chart[], settings: Settings): Promise<ChartArchive[]> {
  const [metallb, istio] = [chartFetcher(settings.metallbChartAuth), chartFetcher(settings.istioChartAuth)];
  return Promise.all(wanted.map((chart) => (chart.name === "metallb" ? metallb : istio)(chart)));
}

/** CRDs of the Gateway API with their digest. Empty if the routes do not use the Gateway API. */
async function crdsOf(settings: Settings): Promise<ChartArchive[]> {
  const chart = gatewayApiChart(settings);
  if (!chart) return [];
  const content = await fetchCrds(chart);
  return [{ ...chart, content, digest: createHash("sha256").update(content).digest("hex") }];
}

/** Downloads the archives of provider plugins into a folder. @throws Error naming the URL that cannot be fetched */
async function savePlugins(plugins: readonly Plugin[], folder: string, say: (line: string) => void): Promise<void> {
  for (const plugin of plugins) {
    say(`getting plugin ${plugin.name} ${plugin.version}`);
    await writeFile(path.join(folder, archiveName(plugin)), await fetchFile(plugin.url, { seconds: 900 }));
  }
}

/** Creates the folder of a bundle before anything is fetched. @throws OperationFailed if it cannot be written */
async function openFolder(save: string): Promise<string> {
  const folder = path.resolve(save);
  try {
    await mkdir(folder, { recursive: true });
    await access(folder, constants.W_OK);
    return folder;
  } catch (error) {
    throw new OperationFailed(
      `--save = ${quoted(save)} must be a folder that can be written: ${(error as NodeJS.ErrnoException).code}`,
      exitCodes.config,
    );
  }
}

/** Pulls an image by its digest and tags it, unless this host already has it. */
async function pullExactly({ image, digest }: Image): Promise<void> {
  if ((await onHost(image)).some((name) => name.endsWith(`@${digest}`))) return;
  const exact = `${image.slice(0, image.lastIndexOf(":"))}@${digest}`;
  await capture("docker", ["pull", "--quiet", exact], { seconds: 600 });
  await capture("docker", ["tag", exact, image]);
}

/**
 * Lists every image, chart and provider plugin of a running environment, for networks without internet access.
 *
 * @param save - folder for `images.tar`, which `docker load` reads, and for the archives of charts and plugins
 */
export async function bundle(stackName: string, save: string | undefined, say: (line: string) => void): Promise<void> {
  const environment = await runningEnvironment(await openStack(stackName), exitCodes.environment);
  const folder = save === undefined ? undefined : await openFolder(save);
  const { settings } = environment;
  const failed = ({ message }: Error) => {
    throw new OperationFailed(message, exitCodes.failed);
  };
  const charts = chartsToInstall(settings);
  const [images, crds, archives] = await Promise.all([
    runningImages(environment),
    crdsOf(settings).catch(failed),
    fetchCharts(
      charts.filter((chart) => !inRegistry(chart)),
      settings,
    ).catch(failed),
  ]);
  const platform = `${process.platform}-${process.arch === "x64" ? "amd64" : process.arch}`;
  const plugins = pluginsOf(dependencies, platform, process.env["PULUMI_PLUGIN_DOWNLOAD_URL_OVERRIDES"]);
  const table = bundleTable({ images, archives, mirrored: charts.filter(inRegistry), plugins, crds });
  say(table);
  if (folder === undefined) return;
  for (const archive of archives) await writeFile(path.join(folder, chartFile(archive)), archive.content);
  for (const crd of crds) await writeFile(path.join(folder, crdsFile(crd)), crd.content);
  // an image without a tag was built on this machine
  const [fetched, built] = [images.filter(hasTag), images.filter((image) => !hasTag(image))];
  for (const { image } of built) say(`not kept, since it is built from app/: ${image}`);
  for (const image of fetched) {
    say(`getting ${image.image}`);
    await pullExactly(image);
  }
  await saveImages(path.join(folder, "images.tar"), [...new Set(fetched.map(({ image }) => image))]);
  await savePlugins(plugins, folder, say).catch(failed);
  await writeFile(
    path.join(folder, "bundle.txt"),
    `${[table, "", ...installSteps(archives, plugins, crds)].join("\n")}\n`,
  );
  say(
    `${fetched.length} images, ${archives.length} charts and ${plugins.length} plugins are in ${folder}; bundle.txt says how to install them`,
  );
}
