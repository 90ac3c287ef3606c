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
      if (existsSync(file)) return [[chart.name, file]] as const;
      const { content } = await fetch(chart);
      await writeFetched(file, content);
      return [[chart.name, file]] as const;
    }),
  );
  return {
    paths: Object.fromEntries(results.flatMap((one) => (one.status === "fulfilled" ? one.value : []))),
    missing: results.flatMap((one) => (one.status === "rejected" ? [(one.reason as Error).message] : [])),
  };
}
