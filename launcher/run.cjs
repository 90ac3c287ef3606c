// @ts-check
/**
 * Runs one TypeScript file of this project, without a build step: `node launcher/run.cjs k3d/main create`.
 *
 * esbuild compiles the file, and what it imports of this project, in memory. So the last edit always runs, and a
 * checkout may be read-only. A loader such as tsx takes three times as long, because it looks at every dependency too.
 */
const Module = require("node:module");
const path = require("node:path");

const top = path.join(__dirname, "..");

/**
 * @typedef {object} Compiling - the part of Node's module class that its types leave out
 * @property {(code: string, file: string) => void} _compile
 */

/**
 * Compiles a TypeScript file and returns what it exports.
 *
 * @param {string} entry - relative to the top of the project, without extension
 * @returns {any}
 * @throws SyntaxError with file, line and column
 */
function load(entry) {
  // a dependency, which may not be installed yet when this file is loaded
  const { buildSync } = require("esbuild");
  const file = path.join(top, `${entry}.ts`);
  const { outputFiles } = buildSync({
    absWorkingDir: top,
    entryPoints: [file],
    outfile: path.join(top, `${entry}.js`),
    bundle: true,
    packages: "external",
    platform: "node",
    target: "node20",
    sourcemap: "inline",
    sourcesContent: false,
    write: false,
    logLevel: "silent",
  });
  process.setSourceMapsEnabled(true);
  const compiled = new Module(file);
  compiled.filename = file;
  compiled.paths = require.resolve.paths("esbuild") ?? [];
  /** @type {Compiling} */ (/** @type {unknown} */ (compiled))._compile(outputFiles[0]?.text ?? "", file);
  return compiled.exports;
}

/** Runs the file that the first argument names. */
function main() {
  const [entry = ""] = process.argv.splice(2, 1);
  load(entry);
}

module.exports = { load, main };

if (require.main === module) main();
