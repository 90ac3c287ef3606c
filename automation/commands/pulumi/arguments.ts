import { defaultStack } from "../../stack/project";

/** Options of Pulumi's commands whose value may be the next word. */
const longWithValue = new Set(
  `attach-file client color config config-file copy-config-from count cwd display-name event-log exclude exec-agent exec-kind
  file import-file memprofilerate message name otel-traces page page-size parallel parent plan policy-pack policy-pack-config
  profiling properties provider replace save-plan secrets-provider since stack tag target target-replace teams tracing
  tracing-header verbose version`.split(/\s+/),
);

/** Short options with a value: the rest of their word, or the next one. */
const shortWithValue = "Ccmpstvx";

/**
 * Options of Pulumi that npm does not know, so that it keeps them for itself without `--` before them. Options that npm
 * knows too, such as --yes, may come from its own configuration.
 */
export const optionsUnknownToNpm = [
  ...["stack", "config-file", "config-path", "cwd", "copy-config-from", "path", "plaintext", "policy-pack", "refresh"],
  ...["replace", "secret", "secrets-provider", "show-secrets", "skip-preview", "target"],
] as const;

/** A command line of Pulumi, parsed as its CLI does (spf13/pflag): options before and after the command, short ones joined. */
export interface PulumiArguments {
  /** The command and its arguments. */
  readonly words: readonly string[];
  /** Value of the last --stack option. */
  readonly stack: string | undefined;
  /** Long names, and letters of short ones. */
  readonly options: ReadonlySet<string>;
}

/** Parses a command line of Pulumi. */
export function readPulumiArguments(args: readonly string[]): PulumiArguments {
  const words: string[] = [];
  const options = new Set<string>();
  let stack: string | undefined;
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

interface ParsedOption {
  readonly names: readonly string[];
  readonly value?: string | undefined;
  /** True if the value is the next word. */
  readonly needsValue: boolean;
}

function longOption(arg: string): ParsedOption {
  const [, name = "", value] = /^--([^=]*)(?:=(.*))?$/s.exec(arg) ?? [];
  return { names: [name], value, needsValue: value === undefined && longWithValue.has(name) };
}

/** @param arg - joined short options; the first one with a value takes the rest */
function shortOption(arg: string): ParsedOption {
  const letters = [...arg.slice(1)];
  const at = letters.findIndex((letter, i) => shortWithValue.includes(letter) || letters[i + 1] === "=");
  if (at < 0) return { names: letters, needsValue: false };
  const rest = letters.slice(at + 1).join("");
  const names = letters.slice(0, at + 1);
  return rest === "" ? { names, needsValue: true } : { names, value: rest.replace(/^=/, ""), needsValue: false };
}

/** Subcommands of `stack` whose first argument is the stack. */
const namingStack = ["init", "new", "select", "rm", "remove"];

/** Commands of Pulumi that run the program or its scripts, and so need k3d. */
const programCommands = ["up", "update", "preview", "pre", "refresh", "destroy", "down", "dn", "watch"];

/** True if a command line of Pulumi runs the program or its scripts. */
export const runsProgram = ({ words }: PulumiArguments): boolean =>
  words.some((word) => programCommands.includes(word));

/** The stack that a command line of Pulumi acts on. */
export function stackOf({ words: [command = "", second, third], stack }: PulumiArguments): string {
  const positional = command === "cancel" ? second : command === "stack" && namingStack.includes(second ?? "") && third;
  return stack || positional || defaultStack();
}

/** Pulumi's commands that act on a stack. */
const stackCommands = [
  "up",
  "update",
  "preview",
  "pre",
  "destroy",
  "dn",
  "down",
  "refresh",
  "import",
  "watch",
  "logs",
  "state",
];
/** Subcommands of `stack` that need one stack. Without a subcommand, it shows one. */
const stackSubcommands = [
  ...[undefined, "output", "export", "import", "graph", "history", "rename", "tag", "change-secrets-provider"],
  ...["rm", "remove"],
];

/** True if a command line of Pulumi needs a stack that exists. A project in another folder has its own stacks. */
export function needsStack({ words: [command = "", second, third], options }: PulumiArguments): boolean {
  if (options.has("cwd") || options.has("C")) return false;
  if (stackCommands.includes(command) || command === "cancel") return true;
  if (command !== "stack") return false;
  // without a name, `stack select` lets the user choose
  return second === "select"
    ? third !== undefined && !options.has("create") && !options.has("c")
    : stackSubcommands.includes(second);
}
