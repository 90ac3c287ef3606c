// @ts-check
/** Preloaded by Pulumi's Node and the driver's, so that both start sooner. */
require("./compileCache.cjs");
require("./seldomUsed.cjs");

/** @typedef {NonNullable<typeof Error.prepareStackTrace>} Prepare */
/** @type {Prepare | undefined} What finds the lines of TypeScript, as ts-node installs it. */
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
