// @ts-check

/** Options of Pulumi's commands that take the next word as their value. */
const longWithValue = new Set(
  `attach-file client color config config-file copy-config-from count cwd display-name event-log exclude exec-agent exec-kind
  file import-file memprofilerate message name otel-traces page page-size parallel parent plan policy-pack policy-pack-config
  profiling properties provider replace save-plan secrets-provider since stack tag target target-replace teams tracing
  tracing-header verbose version`.split(/\s+/),
);

/** Short options that take a value: the rest of their word, or the next one. */
const shortWithValue = "Ccmpstvx";

/**
 * A command line of Pulumi, read as its CLI does (spf13/pflag): options before and after the command, short ones joined.
 *
 * @typedef {object} PulumiArguments
 * @property {readonly string[]} words - the command and its arguments
 * @property {string | undefined} stack - as named by an option, the last one where there are several
 * @property {ReadonlySet<string>} options - long names, and letters of short ones
 */

/**
 * @param {readonly string[]} args
 * @returns {PulumiArguments}
 */
export function readPulumiArguments(args) {
  /** @type {string[]} */
  const words = [];
  const options = new Set();
  let stack;
  for (let i = 0; i < args.length; i++) {
    const arg = args[i] ?? "";
    if (arg === "--") {
      words.push(...args.slice(i + 1));
      break;
    }
    if (!/^-./.test(arg)) {
      words.push(arg);
      continue;
    }
    const option = arg.startsWith("--") ? longOption(arg) : shortOption(arg);
    for (const name of option.names) options.add(name);
    const value = option.needsValue ? args[++i] : option.value;
    if (["stack", "s"].includes(option.names.at(-1) ?? "")) stack = value;
  }
  return { words, stack, options };
}

/** @typedef {{ names: string[], value?: string | undefined, needsValue: boolean }} Option */

/** @param {string} arg @returns {Option} */
function longOption(arg) {
  const [, name = "", value] = /^--([^=]*)(?:=(.*))?$/s.exec(arg) ?? [];
  return { names: [name], value, needsValue: value === undefined && longWithValue.has(name) };
}

/** @param {string} arg - joined short options, of which the first with a value takes the rest @returns {Option} */
function shortOption(arg) {
  const letters = [...arg.slice(1)];
  const at = letters.findIndex((letter, i) => shortWithValue.includes(letter) || letters[i + 1] === "=");
  if (at < 0) return { names: letters, needsValue: false };
  const rest = letters.slice(at + 1).join("");
  const names = letters.slice(0, at + 1);
  return rest === "" ? { names, needsValue: true } : { names, value: rest.replace(/^=/, ""), needsValue: false };
}
