import { existsSync } from "node:fs";
import { mkdir, rename, writeFile } from "node:fs/promises";
import path from "node:path";
import { archivePath, archives, type Chart, type Kept } from "../model/mesh/charts";
import { fetcher } from "./archive";

/**
 * Keeps the archives of charts below the current folder, where Helm reads them without a network; those that are kept
 * already are not fetched again.
 *
 * @param auth - USER:PASSWORD of their repository, or none
 */
export async function keep(charts: readonly Chart[], auth: string): Promise<Kept> {
  const fetch = fetcher(auth);
  const results = await Promise.allSettled(
    charts.map(async (chart) => {
      const file = archivePath(chart);
      if (existsSync(file)) return [[chart.name, file]] as const;
      const { content } = await fetch(chart);
      await mkdir(path.dirname(file), { recursive: true });
      // programs that import the components have a folder of their own, where git is not told of this one
      await writeFile(path.join(archives, ".gitignore"), "*\n");
      // another program may be reading the file
      const half = `${file}.${process.pid}`;
      await writeFile(half, content);
      await rename(half, file);
      return [[chart.name, file]] as const;
    }),
  );
  return {
    paths: Object.fromEntries(results.flatMap((one) => (one.status === "fulfilled" ? one.value : []))),
    missing: results.flatMap((one) => (one.status === "rejected" ? [(one.reason as Error).message] : [])),
  };
}
