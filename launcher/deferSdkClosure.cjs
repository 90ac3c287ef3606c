// @ts-check
/**
 * Defers two dependencies of Pulumi's SDK until something uses them: `typescript` and `@npmcli/arborist`.
 *
 * The SDK loads both at its start, but needs them only to serialize functions (runtime/closure), which this project never
 * does. Loading them takes 0.4 s of CPU time, half of the SDK's start (measured in November 2026 with SDK 3.259.0 on
 * Node 20). Pulumi removed that once (https://github.com/pulumi/pulumi/pull/10185), but it came back. Delete this file
 * when the SDK loads them on demand.
 */
const { createRequire } = require("node:module");

/**
 * Puts a placeholder for a module into Node's cache. The placeholder loads the module at the first use of an export.
 *
 * @param {string} name
 * @param {NodeJS.Require} from - the `require` of the package that loads the module
 */
function defer(name, from) {
  const file = from.resolve(name);
  if (require.cache[file]) return;
  const exports = new Proxy(Object.create(null), {
    get(_, key) {
      // TypeScript's helpers return a module with this mark as it is, without reading its exports
      if (key === "__esModule") return true;
      if (require.cache[file] === placeholder) delete require.cache[file];
      return from(name)[key];
    },
  });
  const placeholder = /** @type {NodeJS.Module} */ ({ id: file, filename: file, loaded: true, exports });
  require.cache[file] = placeholder;
}

try {
  const sdk = createRequire(require.resolve("@pulumi/pulumi"));
  for (const name of ["typescript", "@npmcli/arborist"]) defer(name, sdk);
} catch {
  // the SDK does not depend on one of them any more
}
