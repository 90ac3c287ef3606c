// @ts-check

/**
 * The stack that the arguments name, by `--stack NAME`; dev where they name none.
 *
 * @param {readonly string[]} args
 */
export function stackFrom(args) {
  const at = args.indexOf("--stack");
  const stack = at >= 0 ? args[at + 1] : "dev";
  if (!stack || !/^[A-Za-z0-9._-]{1,100}$/.test(stack))
    throw new Error("--stack needs a name of letters, digits, dots and dashes");
  return stack;
}
