import { columns } from "../../model/output/table";
import { type Command, npmCommand, optionsOf } from "./command";
import type { Option } from "./option";

/** An option as a user types it. */
export const optionText = (name: string, { value }: Option<unknown>): string =>
  value ? `--${name} ${value}` : `--${name}`;

/** The arguments of a command, as help shows them. */
export function synopsis(command: Command): string {
  if (command.passesOn) return `${npmCommand(command)} -- ARGUMENTS`;
  const words = command.words ? `[${command.words.join("|")}] ` : command.files ? `${command.files} ` : "";
  return `${npmCommand(command)} -- ${words}[options]`;
}

const indented = (lines: readonly string[]): string[] => lines.map((line) => `  ${line}`);

/** The text of --help. @param others - commands that are listed too */
export function help(command: Command, others: readonly Command[] = []): string {
  const options = Object.entries(optionsOf(command)).map(([name, option]) => [
    optionText(name, option),
    option.summary,
  ]);
  const examples = (command.examples ?? []).map(([args, does]) => [
    `${npmCommand(command)}${args && ` -- ${args}`}`,
    does,
  ]);
  return [
    `${synopsis(command)}: ${command.summary}`,
    ...indented(columns(options)),
    ...(examples.length > 0 ? ["", "examples:", ...indented(columns(examples))] : []),
    ...(others.length > 0
      ? [
          "",
          "commands, each with --help:",
          ...indented(columns(others.map((other) => [npmCommand(other), other.summary]))),
        ]
      : []),
  ].join("\n");
}
