import { mkdir, rename, writeFile } from "node:fs/promises";
import path from "node:path";

/** Writes a file of the cache. Another program that reads it at the same time finds all of it or none. */
export async function writeWhole(file: string, content: string | Buffer): Promise<void> {
  await mkdir(path.dirname(file), { recursive: true });
  const half = `${file}.${process.pid}`;
  await writeFile(half, content);
  await rename(half, file);
}
