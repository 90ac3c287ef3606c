import { spawn } from "node:child_process";
import { stripVTControlCharacters } from "node:util";
import { endWithThisProcess, killGroup } from "./processGroup";

/** A command that could not be run or ended with another status than 0. */
export class CommandFailed extends Error {
  override name = "CommandFailed";
  /**
   * @param kind - `late` if the command was killed after its time limit
   * @param status - exit status of a command that ended by itself
   */
  constructor(
    readonly command: string,
    readonly reason: string,
    readonly kind: "missing" | "late" | "failed" = "failed",
    readonly status?: number,
  ) {
    super(`${command}: ${reason}`);
  }
}

/**
 * Returns the standard output of a command.
 *
 * @param args - no secret may be among them, since every user of the machine can read arguments
 * @param options.input - text for standard input
 * @param options.seconds - after which the command is killed with everything that it started; @default 60
 * @param options.env - variables of the command; @default those of this process
 * @throws CommandFailed with the last lines of standard error, without colours
 */
export function capture(
  file: string,
  args: readonly string[],
  options: { input?: string; seconds?: number; env?: NodeJS.ProcessEnv } = {},
): Promise<string> {
  const command = [file, ...args.slice(0, 2)].join(" ");
  const { seconds = 60, env = process.env } = options;
  return new Promise((resolve, reject) => {
    // a new process group, because a child of the command may keep its output open after the command was killed
    const child = spawn(file, args, { stdio: "pipe", detached: true, env });
    const ended = endWithThisProcess(child);
    let late = false;
    // spawn's own timeout keeps the process alive to its end where the command is missing
    const limit = setTimeout(() => {
      late = true;
      killGroup(child, "SIGKILL");
    }, seconds * 1000);
    const [out, err]: [Buffer[], Buffer[]] = [[], []];
    child.stdout.on("data", (chunk: Buffer) => out.push(chunk));
    child.stderr.on("data", (chunk: Buffer) => err.push(chunk));
    child.on("error", (error: NodeJS.ErrnoException) => {
      clearTimeout(limit);
      ended();
      const isMissing = error.code === "ENOENT";
      reject(
        new CommandFailed(
          command,
          isMissing ? `${file} is not installed` : error.message,
          isMissing ? "missing" : "failed",
        ),
      );
    });
    child.on("close", (code, signal) => {
      clearTimeout(limit);
      ended();
      if (late) return reject(new CommandFailed(command, `ended by SIGKILL after ${seconds} s`, "late"));
      if (code === 0) return resolve(Buffer.concat(out).toString());
      const lastLines = stripVTControlCharacters(Buffer.concat(err).toString()).trim().split("\n").slice(-8).join("\n");
      const reason = signal ? `ended by ${signal}` : lastLines || `exit ${code}`;
      reject(new CommandFailed(command, reason, "failed", code ?? undefined));
    });
    child.stdin.on("error", () => {});
    child.stdin.end(options.input ?? "");
  });
}

/** The lines of an output that lists one thing a line. */
export const lines = (output: string): string[] => output.split("\n").filter(Boolean);
