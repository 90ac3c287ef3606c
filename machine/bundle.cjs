// @ts-check
const { createHash, randomUUID } = require("node:crypto");
const { mkdirSync, readFileSync, renameSync, writeFileSync } = require("node:fs");
const path = require("node:path");

const root = path.join(__dirname, "..");
const begin = "// made of ";

/** @param {string} file - from the top of the project */
const digest = (file) =>
  createHash("sha256")
    .update(readFileSync(path.join(root, file)))
    .digest("base64");

/** Whether a bundle was made of what is there now. @param {string} bundle */
function isFresh(bundle) {
  try {
    const [line = ""] = readFileSync(bundle, "utf8").split("\n", 1);
    /** @type {Record<string, string>} */
    const sources = JSON.parse(line.slice(begin.length));
    return Object.entries(sources).every(([file, made]) => digest(file) === made);
  } catch {
    return false;
  }
}

/** @param {string} entry */
function build(entry) {
  // a dependency, which need not be there when this file is loaded
  const { outputFiles, metafile } = require("esbuild").buildSync({
    absWorkingDir: root,
    entryPoints: [entry],
    bundle: true,
    packages: "external",
    platform: "node",
    target: "node20",
    write: false,
    metafile: true,
    logLevel: "silent",
  });
  const maker = ["machine/bundle.cjs", "package-lock.json"];
  const sources = [...Object.keys(metafile.inputs), ...maker].map((file) => [file, digest(file)]);
  return `${begin}${JSON.stringify(Object.fromEntries(sources))}\n${outputFiles[0]?.text ?? ""}`;
}

/**
 * Compiles TypeScript with all that it imports of this project into one file, which starts in half the time that a
 * loader needs, since a loader looks at every file of every dependency too. What was made of the same sources is kept.
 *
 * @param {string} entry - from the top of the project
 * @param {string} [folder] - for what is made; below the dependencies, so that it finds them
 * @returns {string} the file for Node
 */
function bundled(entry, folder = path.join(root, ".tools", "bundles")) {
  const file = path.join(folder, `${entry.replaceAll(/\W/g, "-")}.cjs`);
  if (isFresh(file)) return file;
  const text = build(entry);
  mkdirSync(folder, { recursive: true });
  // whole or not at all, for another command that starts at the same time
  const made = `${file}.${randomUUID()}`;
  writeFileSync(made, text);
  renameSync(made, file);
  return file;
}

module.exports = { bundled };
