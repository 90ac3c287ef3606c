import { spawn } from "node:child_process";
import { constants } from "node:os";
import { endingSignals, killGroup } from "./processGroup";

/** File descriptors of a program's output and errors, or this process's own. */
type Output = readonly [number | "inherit", number | "inherit"];

/**
 * Runs a program in the foreground and returns its exit status; 128 plus the number of the signal that ended it.
 *
 * At a terminal, the program stays in this process group: it may prompt, and the terminal sends Ctrl-C to both. Without a
 * terminal it leads a group of its own, and a signal to this process reaches everything that the program started.
 */
export function runInForeground(
  file: string,
  args: readonly string[],
  env: NodeJS.ProcessEnv = process.env,
  output: Output = ["inherit", "inherit"],
): Promise<number> {
  const isAtTerminal = process.stdin.isTTY;
  return new Promise((resolve, reject) => {
    const child = spawn(file, args, { stdio: ["inherit", ...output], env, detached: !isAtTerminal });
    let isSignalled = false;
    const forwardSignal = (signal: NodeJS.Signals) => {
      isSignalled = true;
      if (!isAtTerminal) killGroup(child, signal);
      else if (signal !== "SIGINT") child.kill(signal);
    };
    const killCommand = () => killGroup(child, "SIGKILL");
    for (const signal of endingSignals) process.on(signal, forwardSignal);
    if (!isAtTerminal) process.on("exit", killCommand);
    const stopListening = () => {
      for (const signal of endingSignals) process.off(signal, forwardSignal);
      process.off("exit", killCommand);
    };
    child.on("error", (error) => {
      stopListening();
      reject(error);
    });
    child.on("close", (code, signal) => {
      stopListening();
      // a shell's background processes ignore Ctrl-C
      if (isSignalled && !isAtTerminal) killCommand();
      resolve(code ?? 128 + constants.signals[signal ?? "SIGKILL"]);
    });
  });
}
