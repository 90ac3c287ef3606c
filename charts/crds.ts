import { existsSync } from "node:fs";
import path from "node:path";
import { fetchFile } from "../host/fetch";
import { type Api, ifFound, listOf } from "../host/kubernetes";
import type { Chart } from "../model/mesh/charts";
import {
  type Crd,
  crdsChartFiles,
  crdsFolder,
  crdsRelease,
  manifestPath,
  manifestUrl,
  requiredCrds,
} from "../model/mesh/gatewayApi";
import { meshNamespace } from "../model/names";
import { writeChanged, writeFetched } from "./wholeFile";

/** Fetches the file with the CRDs of the Gateway API. @throws Error naming the URL and the key that sets it */
export async function fetchCrds(chart: Chart): Promise<Buffer> {
  const content = await fetchFile(manifestUrl(chart)).catch(({ message }: Error) => {
    throw new Error(`gatewayApiRepository = "${chart.repository}": the CRDs cannot be fetched: ${message}`);
  });
  if (!content.includes("kind: CustomResourceDefinition") || !content.includes(`bundle-version: v${chart.version}`))
    throw new Error(
      `gatewayApiRepository = "${chart.repository}": ${manifestUrl(chart)} is not the standard channel of the Gateway API ${chart.version}`,
    );
  return content;
}

/** Fetches the CRDs into the cache, unless they are in it, and writes a Helm chart around them. Returns the chart's folder. */
export async function crdsChart(chart: Chart): Promise<string> {
  const folder = crdsFolder(chart);
  if (!existsSync(manifestPath(chart))) await writeFetched(manifestPath(chart), await fetchCrds(chart));
  for (const [file, content] of Object.entries(crdsChartFiles(chart)))
    await writeChanged(path.join(folder, file), content);
  return folder;
}

/** Required CRDs that the cluster has. `isReleased` is true if Helm has a release of them. */
export async function crdsIn(api: Pick<Api, "get">) {
  const crds = requiredCrds.map((name) =>
    ifFound(api.get<Crd>(`/apis/apiextensions.k8s.io/v1/customresourcedefinitions/${name}`)),
  );
  const secrets = `/api/v1/namespaces/${meshNamespace}/secrets`;
  const records = await listOf(api, secrets, `owner=helm,name=${crdsRelease}`);
  return { crds: (await Promise.all(crds)).filter((crd) => crd !== undefined), isReleased: records.length > 0 };
}
