/** A command of this project, as data. The caller that shows it writes it for its reader. */
export type CommandLine =
  /** Without a value, Pulumi asks for it. */
  | { readonly command: "config set"; readonly key: string; readonly value?: string; readonly secret?: boolean }
  | { readonly command: "config rm"; readonly key: string }
  /** Any other command of Pulumi. */
  | { readonly command: "pulumi"; readonly args: string; readonly silent?: boolean }
  | {
      readonly command:
        | "up"
        | "destroy"
        | "verify"
        | "try"
        | "rollout"
        | "upgrade"
        | "versions"
        | "token"
        | "trust"
        | "doctor"
        | "recover"
        | "tools"
        | "faults"
        | "endurance";
      readonly args?: string;
    };

/** A text with commands, which each caller writes for its reader: {@link writeRemedy}. */
export type Remedy = readonly (string | CommandLine)[];

/** Builds a remedy from a template: remedy`stop it, or: ${configSet("httpPort", 8080)}`. */
export const remedy = (texts: TemplateStringsArray, ...values: readonly (string | number | CommandLine)[]): Remedy =>
  texts
    .flatMap((text, i) => [text, ...values.slice(i, i + 1)])
    .map((part) => (typeof part === "number" ? String(part) : part))
    .filter((part) => part !== "");

export const configSet = (key: string, value: string | number | boolean): CommandLine => ({
  ...{ command: "config set", key, value: String(value) },
});
export const configRm = (key: string): CommandLine => ({ command: "config rm", key });

/** Sets a secret, whose value Pulumi asks for. */
export const configSetSecret = (key: string): CommandLine => ({ command: "config set", key, secret: true });

/** Name of a command of this project's own. */
export type RunCommand = Exclude<CommandLine["command"], "config set" | "config rm" | "pulumi">;

export const run = (command: RunCommand, args?: string): CommandLine => ({
  command,
  ...(args !== undefined && { args }),
});

/** Writes a command for one kind of reader. */
export type CommandWriter = (command: CommandLine) => string;

const joinWords = (...parts: readonly (string | false | undefined)[]): string => parts.filter(Boolean).join(" ");

/** Arguments of Pulumi for a command; undefined if Pulumi has no such command. */
function pulumiArguments(command: CommandLine): string | undefined {
  switch (command.command) {
    case "config set":
      return joinWords("config set", command.secret && "--secret", command.key, command.value);
    case "config rm":
      return joinWords("config rm", command.key);
    case "pulumi":
      return command.args;
    case "up":
    case "destroy":
      return command.args === undefined ? command.command : undefined;
    default:
      return undefined;
  }
}

/** Commands for npm. @param stack - the stack that is meant; undefined for the default stack of all commands */
export const forNpm =
  (stack?: string): CommandWriter =>
  (command) => {
    const named = stack !== undefined && `--stack ${stack}`;
    const { command: name } = command;
    if (name === "config set" || name === "config rm" || name === "pulumi") {
      const silent = name === "pulumi" && command.silent && "--silent";
      return joinWords("npm run", silent, "pulumi --", pulumiArguments(command), named);
    }
    const script = name === "up" ? "npm start" : name === "token" ? "npm run --silent token" : `npm run ${name}`;
    const args = joinWords(command.args, named);
    return joinWords(script, args && `-- ${args}`);
  };

/** Environment variable that a command of this project sets, so that the program writes commands for npm. */
export const npmVariable = "ISTIO_ON_K3D_NPM";

/** Commands for Pulumi's own command line; a command that Pulumi does not have is written for npm. */
export const forPulumi =
  (stack: string): CommandWriter =>
  (command) => {
    const args = pulumiArguments(command);
    return args === undefined ? forNpm(stack)(command) : `pulumi ${args} --stack ${stack}`;
  };

const codeLiteral = (value: string): string => (/^(\d+|true|false)$/.test(value) ? value : JSON.stringify(value));

/** Commands for a program that passes settings as an object. */
export const forCode: CommandWriter = (command) => {
  switch (command.command) {
    case "config set":
      return command.value === undefined ? `set ${command.key}` : `${command.key}: ${codeLiteral(command.value)}`;
    case "config rm":
      return `remove ${command.key}`;
    default:
      return forNpm()(command);
  }
};

export const writeRemedy = (text: Remedy, writer: CommandWriter): string =>
  text.map((part) => (typeof part === "string" ? part : writer(part))).join("");

/** An error whose text has commands. Its message is written for npm and the default stack. */
export class RemedyError extends Error {
  override name = "RemedyError";
  readonly text: Remedy;
  constructor(text: string | Remedy) {
    const parts = typeof text === "string" ? [text] : text;
    super(writeRemedy(parts, forNpm()));
    this.text = parts;
  }
}

/** A problem, and its remedy for the user. */
export interface Failure {
  readonly problem: string;
  readonly remedy: Remedy;
}

export const failureText = ({ problem, remedy }: Failure, writer: CommandWriter): string =>
  `${problem}; fix: ${writeRemedy(remedy, writer)}`;

/** The problem of an error without its fix, where another text says what to do. */
export const problemOf = ({ message }: Error): string => message.split("; fix: ")[0] ?? message;
