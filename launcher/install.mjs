// @ts-check
/** Installs the dependencies, without which nothing else of the project can be loaded. */
import { copyFileSync, existsSync, mkdirSync, mkdtempSync, readdirSync, renameSync, rmSync, statSync } from "node:fs";
import path from "node:path";
import { exec } from "./process.mjs";

const dependencies = "node_modules";
/** Folder of the checkout for downloads. */
const downloads = ".tools";
const prefix = "install-";

/** @param {string} file */
const modifiedAt = (file) => (existsSync(file) ? statSync(file).mtimeMs : 0);

export function areDependenciesInstalled() {
  const installed = modifiedAt(path.join(dependencies, ".package-lock.json"));
  return installed > 0 && installed >= modifiedAt("package-lock.json");
}

/** Runs `npm ci` in a folder. Standard output stays free, because a shell may evaluate it. @param {string} folder */
async function runNpmCi(folder) {
  const status = await exec("npm", ["ci", "--no-fund", "--no-audit", "--loglevel=error"], folder);
  if (status !== 0) throw new Error("npm ci failed; its messages are above");
}

/** Removes the folders of installs that were killed: a day is longer than any install. */
function removeAbandoned() {
  for (const name of readdirSync(downloads)) {
    const folder = path.join(downloads, name);
    if (name.startsWith(prefix) && Date.now() - modifiedAt(folder) > 86_400_000)
      rmSync(folder, { recursive: true, force: true });
  }
}

/**
 * Puts installed dependencies into their place.
 *
 * @param {string} installed
 * @param {string} former - path for the old dependencies
 * @returns {boolean} false if the place is a mount point, as in some development containers, which cannot be renamed
 */
function putInPlace(installed, former) {
  try {
    if (existsSync(dependencies)) renameSync(dependencies, former);
    renameSync(installed, dependencies);
    return true;
  } catch (/** @type {any} */ error) {
    // another command, which started at the same time, has put its dependencies there
    if (areDependenciesInstalled()) return true;
    if (error.code === "EBUSY" || error.code === "EXDEV") return false;
    throw error;
  }
}

/**
 * Installs the dependencies into a folder of this process, and puts them into their place when they are complete. So two
 * commands that start at once in a fresh clone do not disturb each other, and a kill leaves no half of them.
 */
export async function installDependencies() {
  process.stderr.write("installing dependencies\n");
  mkdirSync(downloads, { recursive: true });
  removeAbandoned();
  const installFolder = mkdtempSync(path.join(downloads, prefix));
  try {
    for (const file of ["package.json", "package-lock.json", ".npmrc"])
      if (existsSync(file)) copyFileSync(file, path.join(installFolder, file));
    await runNpmCi(installFolder);
    if (
      areDependenciesInstalled() ||
      putInPlace(path.join(installFolder, dependencies), path.join(installFolder, "former"))
    )
      return;
  } finally {
    rmSync(installFolder, { recursive: true, force: true });
  }
  await runNpmCi(".");
}
