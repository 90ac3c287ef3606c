// @ts-check

/** A text as one word of a POSIX shell. @param {string} text */
const quoted = (text) => `'${text.replaceAll("'", `'\\''`)}'`;

/**
 * The lines with which a shell, direnv or a CI step gets what plain Pulumi needs here: `eval "$(npm run --silent env)"`.
 *
 * @param {readonly string[]} folders - of tools, which come first in PATH
 * @param {Readonly<Record<string, string | undefined>>} variables - others; an undefined one is left as it is
 */
export function exportLines(folders, variables) {
  const others = Object.entries(variables).filter(([, value]) => value !== undefined);
  return [
    `export PATH=${folders.map(quoted).join(":")}:"$PATH"`,
    ...others.map(([name, value = ""]) => `export ${name}=${quoted(value)}`),
  ].join("\n");
}
