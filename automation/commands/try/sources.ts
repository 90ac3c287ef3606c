import { readdir, readFile, stat } from "node:fs/promises";
import path from "node:path";
import { text } from "node:stream/consumers";
import type { Source } from "../../../model/trial/source";
import { exitCodes, OperationFailed } from "../../stack/operation";

const isYaml = (file: string): boolean => /\.ya?ml$/.test(file);

async function filesOf(given: string): Promise<string[]> {
  const found = await stat(given).catch(() => undefined);
  if (!found)
    throw new OperationFailed(
      `${given} does not exist; give a folder, a YAML file, or - for standard input`,
      exitCodes.config,
    );
  if (!found.isDirectory()) return [given];
  const inside = await readdir(given, { recursive: true });
  const files = inside.filter((file) => isYaml(file) && !/(^|\/)(node_modules|\.git)\//.test(file));
  return files.sort().map((file) => path.join(given, file));
}

/** Reads files, folders with all below them, and standard input for `-`. */
export async function readSources(given: readonly string[]): Promise<Source[]> {
  const sources = await Promise.all(
    given.map(async (one) => {
      if (one === "-") return [{ file: "-", text: await text(process.stdin) }];
      const files = await filesOf(one);
      return Promise.all(files.map(async (file) => ({ file, text: await readFile(file, "utf8") })));
    }),
  );
  return sources.flat();
}
