// @ts-check
const { createHash, randomUUID } = require("node:crypto");
const { mkdirSync, readFileSync, renameSync, writeFileSync } = require("node:fs");
const path = require("node:path");

const root = path.join(__dirname, "..");
/** Of the last line, by which a bundle is also known to be whole. */
const begin = "\n// made of ";

/** @param {string} file - from the top of the project */
const digest = (file) =>
  createHash("sha256")
    .update(readFileSync(path.join(root, file)))
    .digest("base64");

/** Whether a bundle was made of what is there now. @param {string} bundle */
function isFresh(bundle) {
  try {
    const text = readFileSync(bundle, "utf8");
    /** @type {Record<string, string>} */
    const sources = JSON.parse(text.slice(text.lastIndexOf(begin) + begin.length));
    return Object.entries(sources).every(([file, made]) => digest(file) === made);
  } catch {
    return false;
  }
}

/**
 * What goes wrong in a source, as Node and Pulumi tell it: without a trace of this.
 *
 * @template Result
 * @param {() => Result} work
 * @returns {Result}
 */
function told(work) {
  try {
    return work();
  } catch (error) {
    throw new SyntaxError(/** @type {Error} */ (error).message);
  }
}

/** @param {string} entry @param {string} file */
function build(entry, file) {
  // a dependency, which need not be there when this file is loaded
  const { buildSync } = require("esbuild");
  /** @type {import("esbuild").BuildOptions & { write: false, metafile: true }} */
  const options = {
    absWorkingDir: root,
    entryPoints: [entry],
    outfile: file,
    bundle: true,
    packages: "external",
    platform: "node",
    target: "node20",
    // errors tell the lines of the sources
    sourcemap: "inline",
    sourcesContent: false,
    write: false,
    metafile: true,
    logLevel: "silent",
  };
  const { outputFiles, metafile } = told(() => buildSync(options));
  const maker = ["machine/bundle.cjs", "package-lock.json"];
  const sources = [...Object.keys(metafile.inputs), ...maker].map((file) => [file, digest(file)]);
  return `${outputFiles[0]?.text}${begin}${JSON.stringify(Object.fromEntries(sources))}`;
}

/**
 * Compiles TypeScript with all that it imports of this project into one file, which starts in half the time that a
 * loader needs, since a loader looks at every file of every dependency too. What was made of the same sources is kept.
 *
 * @param {string} entry - from the top of the project
 * @param {string} [folder] - for what is made; below the dependencies, so that it finds them, and as deep as the
 *   sources, so that they lead to the same files
 * @returns {string} the file for Node
 * @throws SyntaxError naming file, line and column
 */
function bundled(entry, folder = path.join(root, ".tools")) {
  const file = path.join(folder, `${entry.replaceAll(/\W/g, "-")}.cjs`);
  if (isFresh(file)) return file;
  const text = build(entry, file);
  mkdirSync(folder, { recursive: true });
  // whole or not at all, for another command that starts at the same time
  const made = `${file}.${randomUUID()}`;
  writeFileSync(made, text);
  renameSync(made, file);
  return file;
}

module.exports = { bundled };
