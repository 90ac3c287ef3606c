import { createHash } from "node:crypto";
import { archiveOf, type Chart, type ChartIndex, inRegistry } from "../model/mesh/charts";
import { fetchFrom, readIndex } from "./repositoryIndex";

/** A chart with its archive and the SHA-256 of it. */
export type ChartArchive = Chart & { readonly digest: string; readonly content: Buffer };

/**
 * Returns a function that fetches a chart. It requests the index of each repository once.
 *
 * The function rejects if the chart cannot be fetched, or if its digest differs from the index.
 *
 * @param auth - USER:PASSWORD of the repositories, or none
 */
export function chartFetcher(auth: string): (chart: Chart) => Promise<ChartArchive> {
  const indexes = new Map<string, Promise<ChartIndex>>();

  const cannotBeFetched = ({ message }: Error) => {
    throw new Error(`cannot be fetched: ${message}`);
  };
  const indexOf = (url: string): Promise<ChartIndex> => {
    const index = indexes.get(url) ?? readIndex({ url, auth }).catch(cannotBeFetched);
    indexes.set(url, index);
    return index;
  };
  const archive = async (chart: Chart): Promise<ChartArchive> => {
    if (inRegistry(chart)) throw new Error("is in an OCI registry, to be mirrored like an image");
    const entry = archiveOf(await indexOf(chart.repository), chart);
    if (!entry) throw new Error("is not in its index");
    const content = await fetchFrom({ url: chart.repository, auth }, entry.url).catch(cannotBeFetched);
    const digest = createHash("sha256").update(content).digest("hex");
    if (entry.digest !== undefined && entry.digest !== digest) throw new Error(`is not what its index says: ${digest}`);
    return { ...chart, digest, content };
  };
  return (chart) =>
    archive(chart).catch(({ message }: Error) => {
      throw new Error(`chart ${chart.name} ${chart.version} of ${chart.repository} ${message}`);
    });
}
