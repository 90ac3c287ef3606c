// @ts-check
import { randomUUID } from "node:crypto";
import { mkdir, rename, writeFile } from "node:fs/promises";
import path from "node:path";
import { toolsFolder } from "./tools.mjs";

/**
 * Compiles TypeScript with all that it imports of this project into one file, which starts in half the time that a
 * loader needs, since a loader looks at every file of every dependency too.
 *
 * @param {string} entry - from the top of the project
 * @param {string} [folder] - for what is made; below the dependencies, so that it finds them
 * @returns {Promise<string>} the file for Node
 */
export async function compile(entry, folder = path.join(toolsFolder, "driver")) {
  // it is a dependency itself, which need not be there when this file is loaded
  const { build } = await import("esbuild");
  const { outputFiles } = await build({
    entryPoints: [entry],
    bundle: true,
    packages: "external",
    platform: "node",
    target: "node20",
    write: false,
    logLevel: "silent",
  });
  const file = path.join(folder, `${entry.replaceAll(/\W/g, "-")}.cjs`);
  await mkdir(folder, { recursive: true });
  // whole or not at all, for another command that starts at the same time
  const made = `${file}.${randomUUID()}`;
  await writeFile(made, outputFiles[0]?.text ?? "");
  await rename(made, file);
  return file;
}
