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
  /**
   * @param options.title - under which the memory of its commands is kept; @default not kept
   * @param options.backend - URL of its state; @default that of this process
   */
  constructor(
    private readonly stack: string,
    private readonly options: { title?: string; folder?: string; backend?: string } = {},
  ) {}

  /** Seconds of a command of Pulumi. */
  pulumi(...args: string[]): Promise<number> {
    const { title, folder = ".", backend = process.env["PULUMI_BACKEND_URL"] } = this.options;
    return timed(async () => {
      const env = { ...process.env, PULUMI_BACKEND_URL: backend };
      const running = run("pulumi", [...args, "--stack", this.stack], { cwd: folder, env, maxBuffer: 1e8 });
      const end = title === undefined ? undefined : watchMemory(running.child.pid, `${title} ${args[0]}`);
      await running
        // Pulumi writes its errors to standard output
        .catch(({ message, stdout = "" }: Error & { stdout?: string }) => {
          throw new Error(`${message}\n${stdout.slice(-2000)}`);
        })
        .finally(end);
    });
  }
}
