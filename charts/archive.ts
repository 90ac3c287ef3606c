import { createHash } from "node:crypto";
import { parse } from "yaml";
import { fetchFile } from "../host/fetch";
import { archiveOf, type Chart, type ChartIndex, inRegistry, inRepository } from "../model/mesh/charts";
import { none } from "../model/settings/forms";

/** A chart with its archive and the SHA-256 of it. */
export type Archive = Chart & { readonly digest: string; readonly content: Buffer };

/**
 * Returns a function that fetches a chart. It requests the index of each repository once.
 *
 * The function rejects if the chart cannot be fetched, or if its digest differs from the index.
 *
 * @param auth - USER:PASSWORD of the repositories, or none
 */
export function fetcher(auth: string): (chart: Chart) => Promise<Archive> {
  const indexes = new Map<string, Promise<ChartIndex>>();

  const get = async (url: string, repository: string): Promise<Buffer> => {
    // an index may list archives on another host, which must not receive the password
    const sameOrigin = auth !== none && new URL(url).origin === new URL(repository).origin;
    const headers = sameOrigin ? { authorization: `Basic ${Buffer.from(auth).toString("base64")}` } : {};
    return fetchFile(url, { headers }).catch((error: Error) => {
      throw new Error(`cannot be fetched: ${error.message}`);
    });
  };
  const indexOf = (repository: string): Promise<ChartIndex> => {
    const earlier = indexes.get(repository);
    if (earlier) return earlier;
    const index = get(inRepository(repository, "index.yaml"), repository).then((text) => parse(text.toString()));
    indexes.set(repository, index);
    return index;
  };
  const archive = async (chart: Chart): Promise<Archive> => {
    if (inRegistry(chart)) throw new Error("is in an OCI registry, to be mirrored like an image");
    const entry = archiveOf(await indexOf(chart.repository), chart);
    if (!entry) throw new Error("is not in its index");
    const content = await get(entry.url, chart.repository);
    const digest = createHash("sha256").update(content).digest("hex");
    if (entry.digest !== undefined && entry.digest !== digest) throw new Error(`is not what its index says: ${digest}`);
    return { ...chart, digest, content };
  };
  return (chart) =>
    archive(chart).catch(({ message }: Error) => {
      throw new Error(`chart ${chart.name} ${chart.version} of ${chart.repository} ${message}`);
    });
}
