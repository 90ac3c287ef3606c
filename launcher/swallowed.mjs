// @ts-check
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";

/**
 * Options of the commands: true if the option has a value. `npm run golden` writes the file from the commands'
 * definitions, which cannot be loaded before the dependencies are installed.
 *
 * @type {Readonly<Record<string, { as: string, options: Readonly<Record<string, boolean>> }>>}
 */
const commands = JSON.parse(readFileSync("launcher/options.json", "utf8"));

/** Number of edits between two words; swapped neighbours are one edit. @param {string} a @param {string} b */
function editDistance(a, b) {
  /** @type {number[][]} */
  const rows = [];
  const at = (/** @type {number} */ i, /** @type {number} */ j) => rows[i]?.[j] ?? Number.POSITIVE_INFINITY;
  for (let i = 0; i <= a.length; i++) {
    /** @type {number[]} */
    const row = [];
    rows.push(row);
    for (let j = 0; j <= b.length; j++) {
      const isSwap = a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1];
      const others = [at(i - 1, j) + 1, at(i, j - 1) + 1, at(i - 1, j - 1) + Number(a[i - 1] !== b[j - 1])];
      row.push(i === 0 || j === 0 ? i + j : Math.min(...others, isSwap ? at(i - 2, j - 2) + 1 : at(i - 1, j) + 1));
    }
  }
  return at(a.length, b.length);
}

/** The option with this name, or the one whose name it misspells. @param {string} name @param {readonly string[]} options */
function meantOption(name, options) {
  const lower = name.toLowerCase();
  if (options.includes(lower)) return lower;
  const limit = lower.length > 4 ? 2 : 1;
  return options.find((option) => lower.length > 2 && editDistance(lower, option) <= limit);
}

/** True if npm itself has an option of this name. @param {string} name @param {NodeJS.ProcessEnv} env */
function isOfNpm(name, env) {
  try {
    const { definitions } = createRequire(env["npm_execpath"] ?? "")("@npmcli/config/lib/definitions");
    return name in definitions;
  } catch {
    return false;
  }
}

/**
 * Finds an option that npm kept for itself. Without `--` before them, npm reads the options of a command as its own
 * configuration, and the command would act on another stack than the one that was typed.
 *
 * @param {string} action
 * @param {readonly string[]} args - the arguments that npm passed on
 * @param {NodeJS.ProcessEnv} [env] - npm writes its configuration there
 * @returns {string | undefined} what to type
 */
export function swallowedOption(action, args, env = process.env) {
  const command = commands[action];
  if (!command) return undefined;
  for (const [variable, value = ""] of Object.entries(env)) {
    const [, key] = /^npm_config_(.+)$/i.exec(variable) ?? [];
    const name = key?.replaceAll("_", "-");
    const option = name && meantOption(name, Object.keys(command.options));
    if (!option) continue;
    // npm has a switch --save, and one command here has an option --save FOLDER
    const isOwn = option === name ? name === "save" && /^(true|false|)$/.test(value) : isOfNpm(name, env);
    if (isOwn) continue;
    const takesValue = command.options[option];
    // npm reads `--stack ci` as a switch, and passes `ci` on
    const [optionValue, rest] = value === "true" && takesValue ? [args[0] ?? "VALUE", args.slice(1)] : [value, args];
    const right = [command.as, "--", ...rest, takesValue ? `--${option} ${optionValue}` : `--${option}`].join(" ");
    const guess = option === name ? "" : `did you mean --${option}? `;
    return `npm keeps --${name} for itself unless -- stands before it; ${guess}type: ${right}`;
  }
  return undefined;
}
