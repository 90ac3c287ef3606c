import { markdownTable } from "../../model/output/table";
import { type Command, npmCommand, optionsOf } from "./command";
import { optionText, synopsis } from "./help";

/** The name of a command as the anchor of its heading on the page of commands. */
const anchor = (command: Command): string => npmCommand(command).toLowerCase().replaceAll(" ", "-");

/** The README's table of commands, as Markdown. */
export function commandTable(commands: readonly Command[]): string {
  const rows = commands.map((command) => [
    `[\`${npmCommand(command)}\`](docs/commands.md#${anchor(command)})`,
    command.summary,
  ]);
  return markdownTable([["command", "what it does"], ...rows]).join("\n");
}

const unusedLine = ([beside, names]: readonly [string, readonly string[]]): string =>
  `- with \`${beside}\`: ${names.map((name) => (name === "files" ? "files and folders" : `\`--${name}\``)).join(", ")}`;

function section(command: Command): string[] {
  const { summary, details, examples = [], unused = {} } = command;
  const options = Object.entries(command.passesOn ? {} : command.options).map(([name, option]) => [
    `\`${optionText(name, option)}\``,
    option.summary,
  ]);
  const shown = examples.map(([args, does]) => [`\`${npmCommand(command)} -- ${args}\``, does]);
  return [
    `## ${npmCommand(command)}`,
    "",
    `\`${synopsis(command)}\` ${summary}.`,
    ...(details ? ["", details] : []),
    ...(options.length > 0 ? ["", ...markdownTable([["option", "what it does"], ...options])] : []),
    ...(Object.keys(unused).length > 0 ? ["", "Refused, because they have no effect:", ""] : []),
    ...Object.entries(unused).map(unusedLine),
    ...(shown.length > 0 ? ["", ...markdownTable([["example", "what it does"], ...shown])] : []),
    "",
  ];
}

/** docs/commands.md. */
export const commandPage = (commands: readonly Command[]): string =>
  [
    "# Commands",
    "",
    "Written by `npm run golden` from [automation/cli/commands](../automation/cli/commands).",
    "",
    "Every command acts on the stack `dev`, which `Pulumi.dev.yaml` configures. `-- --stack NAME`, or `PULUMI_STACK` in the shell,",
    "selects another stack, which `Pulumi.NAME.yaml` configures. `-- --help` lists the options of a command. A command with an",
    "unknown option changes nothing:",
    "",
    "```",
    "$ npm run destroy -- --stak ci",
    "--stak is not known; did you mean --stack? npm run destroy takes --images, --stack, --help",
    "```",
    "",
    "Exit codes: 0 done, 1 failed or rolled back, 2 wrong configuration, 3 a check could not run, 4 this machine is not ready,",
    "5 a rollout could not be rolled back, 130 cancelled. `npm run pulumi` exits with Pulumi's own code.",
    "",
    ...commands.flatMap(section),
  ].join("\n");

/** Content of launcher/options.json: the options of each command, true for an option with a value. */
export function launcherOptions(commands: readonly Command[]): string {
  const entries = commands.map((command) => {
    const commandOptions = Object.entries(optionsOf(command)).map(
      ([name, { value }]) => [name, value !== undefined] as const,
    );
    const others = (command.passesOn ?? []).map((name) => [name, true] as const);
    return [
      command.name,
      { as: npmCommand(command), options: Object.fromEntries([...commandOptions, ...others]) },
    ] as const;
  });
  return `${JSON.stringify(Object.fromEntries(entries), null, 2)}\n`;
}
