// @ts-check
/**
 * Loads what Pulumi's SDK loads at its start, but uses only to put functions into a cloud, when it is used.
 *
 * The two take longer than all the rest of the SDK. See @pulumi/pulumi/runtime/closure.
 */
const { createRequire } = require("node:module");

/** @param {string} name @param {NodeJS.Require} from */
function defer(name, from) {
  const file = from.resolve(name);
  const exports = new Proxy(Object.create(null), {
    get(_, key) {
      // as a module of ES it is taken as it is, and not searched for its names
      if (key === "__esModule") return true;
      if (require.cache[file] === deferred) delete require.cache[file];
      return from(name)[key];
    },
  });
  const deferred = /** @type {NodeJS.Module} */ ({ id: file, filename: file, loaded: true, exports });
  require.cache[file] = deferred;
}

try {
  const sdk = createRequire(require.resolve("@pulumi/pulumi"));
  for (const name of ["typescript", "@npmcli/arborist"]) defer(name, sdk);
} catch {
  // an SDK that has none of them has nothing to defer
}
