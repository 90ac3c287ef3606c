import { parse } from "yaml";
import { type FetchLimits, fetchFile } from "../host/fetch";
import { type ChartIndex, inRepository } from "../model/mesh/charts";
import { none } from "../model/settings/forms";

/** A chart repository, and the credentials for it. */
export interface RepositoryAccess {
  readonly url: string;
  /** USER:PASSWORD, or none. */
  readonly auth: string;
}

/** Fetches a file of a repository. Only the repository's own origin receives the password: an index may name other hosts. */
export function fetchFrom({ url, auth }: RepositoryAccess, file: string, limits: FetchLimits = {}): Promise<Buffer> {
  const isOwn = auth !== none && new URL(file).origin === new URL(url).origin;
  const headers = isOwn ? { authorization: `Basic ${Buffer.from(auth).toString("base64")}` } : {};
  return fetchFile(file, { ...limits, headers });
}

/**
 * Reads the index of a chart repository.
 *
 * @throws Error naming the URL: not reached, refused, or not an index
 */
export async function readIndex(repository: RepositoryAccess, limits: FetchLimits = {}): Promise<ChartIndex> {
  const file = inRepository(repository.url, "index.yaml");
  const text = (await fetchFrom(repository, file, limits)).toString();
  const index = parseIndex(text);
  if (typeof index?.entries !== "object" || index.entries === null)
    throw new Error(`${file} is not the index of a chart repository`);
  return index;
}

function parseIndex(text: string): ChartIndex | undefined {
  try {
    return parse(text) as ChartIndex;
  } catch {
    return undefined;
  }
}

/** Versions of a chart in an index, in its order; none if it does not list the chart. */
export const versionsIn = ({ entries }: ChartIndex, chart: string): string[] =>
  (entries?.[chart] ?? []).map(({ version }) => version);
