// @ts-check
/** Preloaded by Pulumi's Node and the driver's, so that both start sooner. */
const path = require("node:path");
require("./compileCache.cjs");
require("./seldomUsed.cjs");
const { bundled } = require("./bundle.cjs");

// in place of Pulumi's ts-node, which loads TypeScript's compiler and runs it on every file in every run
require.extensions[".ts"] = (/** @type {NodeJS.Module} */ module, /** @type {string} */ file) => {
  module.exports = require(bundled(path.relative(path.join(__dirname, ".."), file)));
};

/** @typedef {NonNullable<typeof Error.prepareStackTrace>} Prepare */
/** @type {Prepare | undefined} What finds the lines of TypeScript, as Pulumi's Node installs it. */
let mapped;
/** @type {Prepare} */
const prepare = (error, frames) =>
  error.message === "" && Number.isFinite(Error.stackTraceLimit)
    ? `Error\n    at ${frames.join("\n    at ")}`
    : mapped?.(error, frames);
// Pulumi's SDK keeps a trace of each promise, for a leak that hardly ever comes: they need no search for lines
Object.defineProperty(Error, "prepareStackTrace", {
  configurable: true,
  get: () => mapped && prepare,
  set: (installed) => {
    mapped = installed;
  },
});
