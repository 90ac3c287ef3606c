// @ts-check
/** Runs a script of the stack: `node machine/script.cjs k3d/main create`, without a loader, as in ./bundle.cjs. */
require("./compileCache.cjs");
const { bundled } = require("./bundle.cjs");

const [name = ""] = process.argv.splice(2, 1);
require(bundled(`${name}.ts`));
