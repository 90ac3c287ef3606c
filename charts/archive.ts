import { createHash } from "node:crypto";
import { parse } from "yaml";
import { fetchFile } from "../host/fetch";
import { archiveOf, type Chart, type ChartIndex, inRegistry, within } from "../model/mesh/charts";
import { none } from "../model/settings/forms";

/** A chart, and what its repository gave. */
export type Archive = Chart & { readonly digest: string; readonly content: Buffer };

/**
 * Fetches charts as their repositories give them to who may have them, each repository's index once.
 *
 * @param auth - USER:PASSWORD of every repository, or none
 * @returns what fetches one; rejects for a chart that cannot be had, or is not what the index says
 */
export function fetcher(auth: string): (chart: Chart) => Promise<Archive> {
  const indexes = new Map<string, Promise<ChartIndex>>();

  const get = async (url: string, repository: string): Promise<Buffer> => {
    // an index may name archives of another host, which is not to know the password
    const own = auth !== none && new URL(url).origin === new URL(repository).origin;
    const headers = own ? { authorization: `Basic ${Buffer.from(auth).toString("base64")}` } : {};
    return fetchFile(url, { headers }).catch((error: Error) => {
      throw new Error(`cannot be fetched: ${error.message}`);
    });
  };
  const indexOf = (repository: string): Promise<ChartIndex> => {
    const known = indexes.get(repository);
    if (known) return known;
    const asked = get(within(repository, "index.yaml"), repository).then((text) => parse(text.toString()));
    indexes.set(repository, asked);
    return asked;
  };
  const archive = async (chart: Chart): Promise<Archive> => {
    if (inRegistry(chart)) throw new Error("is in an OCI registry, which mirrors like an image");
    const found = archiveOf(await indexOf(chart.repository), chart);
    if (!found) throw new Error("is not in its index");
    const content = await get(found.url, chart.repository);
    const digest = createHash("sha256").update(content).digest("hex");
    if (found.digest !== undefined && found.digest !== digest) throw new Error(`is not what its index says: ${digest}`);
    return { ...chart, digest, content };
  };
  return (chart) =>
    archive(chart).catch(({ message }: Error) => {
      throw new Error(`chart ${chart.name} ${chart.version} of ${chart.repository} ${message}`);
    });
}
