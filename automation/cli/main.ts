/** Entry of every npm command; launcher/main.mjs loads it. */
import { exitCodes, OperationFailed } from "../../host/failure";
import { cliErrors } from "../../model/output/progress";
import { RemedyError, writeRemedy } from "../../model/output/remedy";
import { readPulumiArguments, stackOf } from "../commands/pulumi/arguments";
import { commandsFor, defaultStack } from "../stack/project";
import type { Command, Invocation } from "./command";
import { help } from "./help";
import { didYouMean, parse, refuseStackName } from "./parse";
import { commands } from "./table";

/** @throws OperationFailed for a name that no command has */
function commandNamed(name: string): Command {
  const command = commands.find((candidate) => candidate.name === name);
  if (command) return command;
  const names = commands.map((candidate) => candidate.name);
  throw new OperationFailed(
    `there is no command ${name};${didYouMean(name, names)} there are ${names.join(", ")}`,
    exitCodes.config,
  );
}

/** The command line of a command that passes it on to another program. */
function passedOn(args: readonly string[]): Omit<Invocation, "say"> {
  const parsed = readPulumiArguments(args);
  const stack = stackOf(parsed);
  refuseStackName(stack, parsed.stack === undefined && stack === defaultStack() ? "PULUMI_STACK" : "--stack");
  return { stack, word: "", files: [], options: {}, present: new Set<string>(), args };
}

async function runCommand(command: Command, invocation: Invocation): Promise<number> {
  const toolChecks = await command.before?.(invocation);
  const tools = command.tools(invocation);
  if (tools.length > 0) {
    const { prepareEnvironment } = await import("../stack/environment");
    await prepareEnvironment(invocation.stack, tools, toolChecks);
    // the version of Pulumi's CLI is read while the SDK loads, to save time; a command that passes on needs neither
    if (!command.passesOn) await import("../stack/pulumiCommand");
  }
  const status = await command.run(invocation);
  return typeof status === "number" ? status : exitCodes.done;
}

/** Exit status of a command that failed. Only the exit status of Pulumi's own commands comes from elsewhere. */
const statusOf = (error: unknown): number => (error instanceof OperationFailed ? error.exitCode : exitCodes.failed);

/** Text of an error for the user of a stack. If Pulumi's CLI failed, the text has only its error messages. */
function textOf(error: Error, stack: string): string {
  if (error instanceof RemedyError) return writeRemedy(error.text, commandsFor(stack));
  return cliErrors(error.message).join("\n") || error.message;
}

/** Fails a command whose output cannot be written, for example to a full disk. A reader that closes the pipe is no error. */
function failUnwritten({ code, message }: NodeJS.ErrnoException): void {
  if (code === "EPIPE") return;
  process.stderr.write(`standard output cannot be written: ${message}\n`);
  process.once("exit", () => {
    process.exitCode ||= exitCodes.failed;
  });
}

/** Runs a command and returns its exit status. Errors are on standard error. */
export async function main(action: string, args: readonly string[]): Promise<number> {
  // a closed terminal or pipe does not end the process: the command continues, or handles it like an interrupt
  for (const stream of [process.stdout, process.stderr]) stream.on("error", () => {});
  process.stdout.on("error", failUnwritten);
  let stack = defaultStack();
  try {
    const command = commandNamed(action);
    const parsed = command.passesOn ? passedOn(args) : parse(command, args);
    stack = parsed.stack;
    const say = (line: string) => process.stdout.write(`${line}\n`);
    if (parsed.present.has("help")) {
      process.stdout.write(`${help(command, action === "up" ? commands : [])}\n`);
      return exitCodes.done;
    }
    return await runCommand(command, { ...parsed, say });
  } catch (error) {
    process.stderr.write(`${textOf(error as Error, stack)}\n`);
    return statusOf(error);
  }
}
