import { existsSync } from "node:fs";
import { archivePath, type CachedCharts, type Chart } from "../model/mesh/charts";
import { chartFetcher } from "./archive";
import { writeFetched } from "./wholeFile";

/**
 * Fetches charts into the cache below the current folder, unless they are in it. Helm then reads them without a network.
 *
 * @param auth - USER:PASSWORD of their repository, or none
 */
export async function fetchCharts(charts: readonly Chart[], auth: string): Promise<CachedCharts> {
  const fetch = chartFetcher(auth);
  const results = await Promise.allSettled(
    charts.map(async (chart) => {
      const file = archivePath(chart);
      if (!existsSync(file)) await writeFetched(file, (await fetch(chart)).content);
      return [chart.name, file] as const;
    }),
  );
  return {
    paths: Object.fromEntries(results.flatMap((result) => (result.status === "fulfilled" ? [result.value] : []))),
    missing: results.flatMap((result) => (result.status === "rejected" ? [(result.reason as Error).message] : [])),
  };
}
