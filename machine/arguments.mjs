// @ts-check
import { parseArgs } from "node:util";
import { commands, optionsOf } from "./commands.mjs";
import { refuseSwallowed } from "./npmOptions.mjs";
import { defaultStack } from "./settings.mjs";

/**
 * What a command line asks for.
 *
 * @typedef {object} Given
 * @property {string} stack - PULUMI_STACK, or else dev, where none is named
 * @property {string | undefined} word - the command's word, such as resume; undefined where none is given
 * @property {readonly string[]} files - the command's files and folders; empty for a command without
 * @property {Readonly<Record<string, string | undefined>>} text - options with a value
 * @property {ReadonlySet<string>} on - options without
 */

/**
 * Reads the arguments of a command; what the command does not know is refused, so that no slip acts on another stack.
 *
 * @param {string} action
 * @param {readonly string[]} args
 * @returns {Given}
 * @throws Error naming the argument and what is allowed
 */
export function readArguments(action, args) {
  refuseSwallowed(action, args);
  const command = commands[action] ?? { as: action, does: "" };
  const known = optionsOf(command);
  const options = Object.fromEntries(
    Object.entries(known).map(([name, { value }]) => [
      name,
      { type: /** @type {"string" | "boolean"} */ (value ? "string" : "boolean") },
    ]),
  );
  const { tokens } = parseArgs({ args: [...args], options, allowPositionals: true, strict: false, tokens: true });
  /** @type {string[]} */
  const words = [];
  /** @type {Record<string, string>} */
  const text = {};
  const on = new Set();
  for (const token of tokens) {
    if (token.kind === "positional") words.push(token.value);
    if (token.kind !== "option") continue;
    const { name, rawName, value } = token;
    const option = known[name];
    if (!option || !rawName.startsWith("--")) throw new Error(`${rawName} is not known; ${allowed(command)}`);
    if (option.value && value === undefined) throw new Error(`${rawName} needs a value: ${rawName} ${option.value}`);
    if (!option.value && value !== undefined) throw new Error(`${rawName} takes no value`);
    if (name in text || on.has(name)) throw new Error(`${rawName} is given twice`);
    if (value === undefined) on.add(name);
    else text[name] = value;
  }
  const files = command.files ? words.splice(0) : [];
  const [word, more] = words;
  const stray = more ?? (word !== undefined && !command.words?.includes(word) ? word : undefined);
  if (stray !== undefined) throw new Error(`${stray} is not known; ${allowed(command)}`);
  const { stack = defaultStack() } = text;
  if (!isStackName(stack))
    throw new Error(
      `${"stack" in text ? "--stack" : "PULUMI_STACK"} = "${stack}" must be 1 to 100 letters, digits, dots, dashes and underscores, after ORGANIZATION/ or ORGANIZATION/PROJECT/ where the backend has organizations`,
    );
  return { stack, word, files, text, on };
}

/** @param {string} stack - NAME, ORGANIZATION/NAME or ORGANIZATION/PROJECT/NAME, as Pulumi's CLI takes it */
function isStackName(stack) {
  const parts = stack.split("/");
  return parts.length <= 3 && parts.every((part) => /^(?!\.+$)[A-Za-z0-9._-]{1,100}$/.test(part));
}

/** @param {import("./commands.mjs").Command} command */
function allowed(command) {
  const options = Object.keys(optionsOf(command)).map((name) => `--${name}`);
  const words = command.files ? [command.files] : (command.words ?? []);
  return `${command.as} takes ${[...words, ...options].join(", ")}`;
}
