// @ts-check
/** Preloaded by Pulumi's Node: from Node 22.8 on, the program and its SDKs start sooner once they were compiled. */
const path = require("node:path");
/** @type {typeof import("node:module") & { enableCompileCache?: (folder: string) => unknown }} */
const nodeModule = require("node:module");

nodeModule.enableCompileCache?.(path.join(__dirname, "..", ".tools", "compiled"));
