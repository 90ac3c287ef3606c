import { readdir, readFile, stat } from "node:fs/promises";
import path from "node:path";
import { text } from "node:stream/consumers";
import type { Source } from "../../../model/trial/manifests/source";
import { exitCodes, OperationFailed } from "../../stack/operation";

const isYaml = (file: string): boolean => /\.ya?ml$/.test(file);

async function filesOf(fileOrFolder: string): Promise<string[]> {
  const stats = await stat(fileOrFolder).catch(() => undefined);
  if (!stats)
    throw new OperationFailed(
      `${fileOrFolder} does not exist; give a folder, a YAML file, or - for standard input`,
      exitCodes.config,
    );
  if (!stats.isDirectory()) return [fileOrFolder];
  const inside = await readdir(fileOrFolder, { recursive: true, withFileTypes: true });
  const files = inside
    .filter((entry) => isYaml(entry.name) && !entry.isDirectory())
    .map(({ parentPath, name }) => path.join(parentPath, name));
  return files.filter((file) => !/(^|\/)(node_modules|\.git)\//.test(path.relative(fileOrFolder, file))).sort();
}

/** Text of a file. A folder by the name of a file, or a link to nowhere, has none. */
async function textOf(file: string): Promise<string> {
  try {
    return await readFile(file, "utf8");
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    throw new OperationFailed(`${file} cannot be read (${code}); remove it, or make it readable`, exitCodes.config);
  }
}

/** Reads files, folders with all below them, and standard input for `-`. */
export async function readSources(
  paths: readonly string[],
  input: NodeJS.ReadableStream = process.stdin,
): Promise<Source[]> {
  const sources = await Promise.all(
    paths.map(async (fileOrFolder) => {
      if (fileOrFolder === "-") return [{ file: "standard input", text: await text(input) }];
      const files = await filesOf(fileOrFolder);
      return Promise.all(files.map(async (file) => ({ file, text: await textOf(file) })));
    }),
  );
  return sources.flat();
}
