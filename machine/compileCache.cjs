// @ts-check
/** Keeps what Node compiled for its next start, from Node 22.8 on; where it lies is said to what Node starts too. */
const path = require("node:path");
/** @type {typeof import("node:module") & { enableCompileCache?: (folder: string) => unknown }} */
const nodeModule = require("node:module");

nodeModule.enableCompileCache?.(path.join(__dirname, "..", ".tools", "compiled"));
