// @ts-check
/** Keeps what this Node compiled for the next one, from Node 22.8 on. */
const path = require("node:path");
/** @type {typeof import("node:module") & { enableCompileCache?: (folder: string) => unknown }} */
const nodeModule = require("node:module");

nodeModule.enableCompileCache?.(path.join(__dirname, "..", ".tools", "compiled"));
