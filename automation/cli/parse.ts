import { parseArgs } from "node:util";
import { closest, distance } from "fastest-levenshtein";
import { configError } from "../../host/failure";
import { quoted } from "../../model/output/text";
import { defaultStack } from "../stack/project";
import { type Command, type Invocation, npmCommand, optionsOf } from "./command";
import type { OptionTable, OptionValues } from "./option";
import { refuseUnused } from "./unused";

/** " did you mean X?" if the name is similar to a known one, else empty. */
export function didYouMean(name: string, known: readonly string[]): string {
  if (known.length === 0) return "";
  const near = closest(name, known);
  return distance(name.toLowerCase(), near.toLowerCase()) <= Math.max(1, Math.floor(name.length / 3))
    ? ` did you mean ${near}?`
    : "";
}

/** @param stack - NAME, ORGANIZATION/NAME or ORGANIZATION/PROJECT/NAME, as Pulumi's CLI accepts it */
function isStackName(stack: string): boolean {
  const parts = stack.split("/");
  return parts.length <= 3 && parts.every((part) => /^(?!\.+$)[A-Za-z0-9._-]{1,100}$/.test(part));
}

/** @throws OperationFailed for a name that no stack can have, exit code 2 */
export function refuseStackName(stack: string, source: string): void {
  if (!isStackName(stack))
    throw configError(
      `${source} = ${quoted(stack)} must be 1 to 100 letters, digits, dots, dashes and underscores, after ORGANIZATION/ or ORGANIZATION/PROJECT/ where the backend has organizations`,
    );
}

function allowedArguments(command: Command): string {
  const options = Object.keys(optionsOf(command)).map((name) => `--${name}`);
  const words = command.files ? [command.files] : (command.words ?? []);
  return `${npmCommand(command)} takes ${[...words, ...options].join(", ")}`;
}

/** Texts of a command line: options by name (undefined for a switch) and positional words. */
function tokensOf(command: Command, args: readonly string[]) {
  const known = optionsOf(command);
  const options = Object.fromEntries(
    Object.entries(known).map(([name, { value }]) => [
      name,
      { type: value ? ("string" as const) : ("boolean" as const) },
    ]),
  );
  const { tokens } = parseArgs({ args: [...args], options, allowPositionals: true, strict: false, tokens: true });
  const words: string[] = [];
  const texts = new Map<string, string | undefined>();
  for (const token of tokens) {
    if (token.kind === "positional") words.push(token.value);
    if (token.kind !== "option") continue;
    const { name, rawName, value, inlineValue } = token;
    const option = rawName.startsWith("--") && Object.hasOwn(known, name) ? known[name] : undefined;
    const near = didYouMean(
      rawName,
      Object.keys(known).map((optionName) => `--${optionName}`),
    );
    if (!option) throw configError(`${rawName} is not known;${near} ${allowedArguments(command)}`);
    // if the value was forgotten, the next option must not become the value
    if (option.value && (value === undefined || (!inlineValue && value.startsWith("--"))))
      throw configError(`${rawName} needs a value: ${rawName} ${option.value}`);
    if (!option.value && value !== undefined) throw configError(`${rawName} takes no value`);
    if (texts.has(name)) throw configError(`${rawName} is given twice`);
    texts.set(name, value);
  }
  return { words, texts };
}

/** Value of an option. @param text - undefined for a switch */
function readValue(command: Command, name: string, text: string | undefined): unknown {
  const option = optionsOf(command)[name];
  let value: unknown;
  try {
    value = option?.parse(text ?? "");
  } catch (error) {
    throw configError((error as Error).message.replaceAll(JSON.stringify(text), quoted(text ?? "")));
  }
  if (value === undefined) throw configError(`--${name} = ${quoted(text ?? "")} must be ${option?.allowed}`);
  return value;
}

/**
 * Word of a command line, such as `start`; by default the command's first. Undefined for a command without words.
 *
 * @throws OperationFailed for any other word
 */
function wordOf(command: Command, words: readonly string[]): string | undefined {
  const [word = command.words?.[0], more] = words;
  const stray = more ?? (word !== undefined && !command.words?.includes(word) ? word : undefined);
  if (stray === undefined) return word;
  const named = /^\S{1,100}$/.test(stray) ? stray : quoted(stray);
  throw configError(`${named} is not known;${didYouMean(stray, command.words ?? [])} ${allowedArguments(command)}`);
}

/**
 * Parses the arguments of a command. Rejects unknown arguments, because a typing error could act on another stack.
 *
 * @throws OperationFailed that names the argument and what is allowed, exit code 2
 */
export function parse<Options extends OptionTable, Word extends string>(
  command: Command<Options, Word>,
  args: readonly string[],
): Omit<Invocation<Options, Word>, "say"> {
  const { words, texts } = tokensOf(command, args);
  const entered = [...texts].map(([name, text]) => [name, readValue(command, name, text)] as const);
  const usual = Object.entries(command.options).map(([name, option]) => [name, option.default] as const);
  const values = Object.fromEntries([...usual, ...entered]);
  const word = command.files ? undefined : wordOf(command, words);
  const stack = texts.get("stack");
  if (!texts.has("help")) refuseUnused(command, { word, files: command.files ? words : [], texts });
  refuseStackName(stack ?? defaultStack(), stack === undefined ? "PULUMI_STACK" : "--stack");
  return {
    stack: stack ?? defaultStack(),
    word: word as Word,
    files: command.files ? words : [],
    options: values as OptionValues<Options>,
    present: new Set(texts.keys()),
    args,
  };
}
