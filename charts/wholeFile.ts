import { mkdir, readFile, rename, writeFile } from "node:fs/promises";
import path from "node:path";
import { chartCacheFolder } from "../model/mesh/charts";

/** Writes a file of the cache. Another program that reads it at the same time finds all of it or none. */
async function writeWhole(file: string, content: string | Buffer): Promise<void> {
  await mkdir(path.dirname(file), { recursive: true });
  const unfinished = `${file}.${process.pid}`;
  await writeFile(unfinished, content);
  await rename(unfinished, file);
}

/** Writes a file of the cache unless it has that content already, so that a read-only checkout with a whole cache is enough. */
export async function writeChanged(file: string, content: string): Promise<void> {
  if ((await readFile(file, "utf8").catch(() => undefined)) !== content) await writeWhole(file, content);
}

/** Writes a fetched file into the cache. A program that imports the package has its own folder, where git does not ignore the cache. */
export async function writeFetched(file: string, content: Buffer): Promise<void> {
  await writeWhole(file, content);
  await writeFile(path.join(chartCacheFolder, ".gitignore"), "*\n");
}
