import type { CheckResult } from "../../model/checks/result";
import type { Tool } from "../stack/tools";
import { flag, type Option, type OptionTable, type OptionValues } from "./option";

/** A command line of a command, parsed. */
export interface Invocation<Options extends OptionTable = OptionTable, Word extends string = string> {
  readonly stack: string;
  /** The command's word, such as resume; its first word by default. */
  readonly word: Word;
  /** Files and folders; empty for a command without `files`. */
  readonly files: readonly string[];
  readonly options: OptionValues<Options>;
  /** Names of the options that the command line has. */
  readonly present: ReadonlySet<string>;
  /** The command line as it is. */
  readonly args: readonly string[];
  /** Writes a line to standard output. */
  readonly say: (line: string) => void;
}

/**
 * One command, as a user types it. Help, parsing, validation, the README's table and docs/commands.md come from this
 * definition.
 */
export interface Command<Options extends OptionTable = OptionTable, Word extends string = string> {
  /** Name of the script in package.json; `start` is the script of `up`. */
  readonly name: string;
  /** One sentence without a subject, for help and the README: "removes the environment". */
  readonly summary: string;
  /** More for docs/commands.md, as Markdown. */
  readonly details?: string;
  readonly options: Options;
  /** Words that the command accepts; the first one is the default. */
  readonly words?: readonly [Word, ...Word[]];
  /** True if the command is the same for every stack, so that it has no option --stack. */
  readonly isForAllStacks?: true;
  /** Placeholder of the files and folders that the command accepts. */
  readonly files?: string;
  /**
   * Options that the command does not use in some command lines, where `parse` refuses them. A key is a word of the command,
   * or an option as it is typed: `--plan`, `--source gateway`. The name `files` stands for the files.
   */
  readonly unused?: Readonly<Record<string, readonly string[]>>;
  /** True if standard output is for a program: npm's own lines are switched off. */
  readonly silent?: boolean;
  /** Options of another program, to which the whole command line is passed as it is. */
  readonly passesOn?: readonly string[];
  /** Command lines, without the command itself, and what they do. */
  readonly examples?: readonly (readonly [args: string, does: string])[];
  /** Programs that have to be on the PATH. */
  tools(invocation: Pick<Invocation<Options, Word>, "args">): readonly Tool[];
  /**
   * Refuses to run before anything is downloaded or written.
   *
   * @returns findings of the tools, if it looked at them
   */
  before?(invocation: Invocation<Options, Word>): Promise<readonly CheckResult[] | undefined>;
  /** @returns the exit status of another program, which becomes the command's; nothing for 0 */
  run(invocation: Invocation<Options, Word>): Promise<unknown>;
}

/** Checks a definition, and infers the types of its options and words. */
export const command = <const Options extends OptionTable, const Word extends string = string>(
  definition: Command<Options, Word>,
): Command<Options, Word> => definition;

/** Text that calls the command: `npm start`, `npm run verify`, `npm run --silent token`. */
export const npmCommand = ({ name, silent }: Pick<Command, "name" | "silent">): string =>
  name === "up" ? "npm start" : `npm run ${silent ? "--silent " : ""}${name}`;

const stackOption: OptionTable = {
  stack: {
    summary: "the environment, configured by Pulumi.NAME.yaml; PULUMI_STACK or else dev by default",
    value: "NAME",
    parse: (text) => text,
    default: undefined,
  },
};
const helpOption: OptionTable = { help: flag("shows this text") };

/** Every option of a command, its own first. */
export const optionsOf = ({ options, passesOn, isForAllStacks }: Command): Readonly<Record<string, Option<unknown>>> =>
  passesOn ? options : { ...options, ...(!isForAllStacks && stackOption), ...helpOption };
