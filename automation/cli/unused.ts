import { exitCodes, OperationFailed } from "../../host/failure";
import { type RunCommand, remedy, run } from "../../model/output/remedy";
import { shellWord } from "../../model/output/text";
import type { Command } from "./command";

/** A command line, before its options have values. */
interface CommandLine {
  /** Undefined for a command without words. */
  readonly word: string | undefined;
  readonly files: readonly string[];
  /** Texts of the options by name; undefined for a switch. */
  readonly texts: ReadonlyMap<string, string | undefined>;
}

/** An argument as a person types it in a shell. */
const shellArgument = (text: string): string => (/^[\w.,:/@=+-]+$/.test(text) ? text : shellWord(text));

const typedOption = (name: string, text: string | undefined): string =>
  text === undefined ? `--${name}` : `--${name} ${shellArgument(text)}`;

/**
 * Refuses an option or a file that the command would ignore, with the command line without it.
 *
 * @throws OperationFailed, exit code 2
 */
export function refuseUnused({ name, words, unused = {} }: Command, { word, files, texts }: CommandLine): void {
  const options = [...texts].map(([option, text]) => [option, typedOption(option, text)] as const);
  const parts = new Set([word, ...options.map(([, text]) => text)]);
  for (const [part, ignored] of Object.entries(unused)) {
    if (!parts.has(part)) continue;
    const withFiles = !ignored.includes("files");
    const [option] = options.find(([optionName]) => ignored.includes(optionName)) ?? [];
    const wrong = option === undefined ? (withFiles ? undefined : files[0]) : `--${option}`;
    if (wrong === undefined) continue;
    const kept = options
      .filter(([optionName]) => optionName !== "stack" && !ignored.includes(optionName))
      .map(([, text]) => text);
    const args = [...(word === words?.[0] ? [] : [word]), ...(withFiles ? files.map(shellArgument) : []), ...kept];
    throw new OperationFailed(
      remedy`${wrong} has no effect with ${part}; fix: ${run(name as RunCommand, args.join(" ") || undefined)}`,
      exitCodes.config,
    );
  }
}
