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
const separator = "\n    at ";

/**
 * A line of a trace as somebody reads it: TypeScript's, where it is this project's own.
 *
 * @param {Error} error
 * @param {NodeJS.CallSite} frame
 */
const line = (error, frame) =>
  /^node:|[\\/]node_modules[\\/]/.test(frame.getFileName() ?? "node:")
    ? String(frame)
    : String(mapped?.(error, [frame])).split(separator)[1];

/**
 * Pulumi's SDK takes a trace of each promise, for a leak that hardly ever comes, which needs no search for lines; and a
 * whole one of each resource, to tell where it was made.
 *
 * @type {Prepare}
 */
const prepare = (error, frames) => {
  if (error.message !== "") return mapped?.(error, frames);
  const lines = Number.isFinite(Error.stackTraceLimit) ? frames : frames.map((frame) => line(error, frame));
  return ["Error", ...lines].join(separator);
};
Object.defineProperty(Error, "prepareStackTrace", {
  configurable: true,
  get: () => mapped && prepare,
  set: (installed) => {
    mapped = installed;
  },
});
