import { type ExecFileOptions, execFile } from "node:child_process";
import { promisify } from "node:util";
import { watchMemory } from "./memory";
import { since } from "./probe";

const execute = promisify(execFile);

/** Milliseconds after which a command of a measurement is killed: a longer one says nothing. */
export const longest = 10 * 60_000;

/** Runs a command as a person would. */
export const run = (file: string, args: readonly string[], options: ExecFileOptions = {}) =>
  execute(file, args, { encoding: "utf8", timeout: longest, killSignal: "SIGKILL", ...options });

/** Tools that the script beside the environment uses, with arguments that only print something. */
const scriptTools = [
  ["helm", "version"],
  ["kubectl", "version", "--client"],
  ["openssl", "version"],
] as const;

/** @throws Error that names the tools that are not on the PATH: the script would fail after minutes */
export async function requireScriptTools(): Promise<void> {
  const missing = await Promise.all(
    scriptTools.map(([tool, ...args]) =>
      run(tool, args).then(
        () => [],
        () => [tool],
      ),
    ),
  );
  if (missing.flat().length > 0) throw new Error(`npm run bench needs ${missing.flat().join(", ")} on the PATH`);
}

/** Seconds of a command. */
export async function timed(work: () => Promise<unknown>): Promise<number> {
  const begun = performance.now();
  await work();
  return since(begun);
}

/** A program with a stack, on which Pulumi's commands are timed. */
export class Program {
  /** @param title - under which the memory of its commands is kept; @default not kept */
  constructor(
    private readonly stack: string,
    private readonly title?: string,
    private readonly folder = ".",
  ) {}

  /** Seconds of a command of Pulumi. */
  pulumi(...args: string[]): Promise<number> {
    return timed(async () => {
      const running = run("pulumi", [...args, "--stack", this.stack], { cwd: this.folder, maxBuffer: 1e8 });
      const end = this.title === undefined ? undefined : watchMemory(running.child.pid, `${this.title} ${args[0]}`);
      await running.finally(end);
    });
  }
}
